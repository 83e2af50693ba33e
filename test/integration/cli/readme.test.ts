import { beforeAll, expect, test } from 'vitest';
import { environmentOf } from '../../support/cli-process.ts';
import { type LocalFunction, startFunction } from '../../support/function.ts';
import { root } from '../../support/imports.ts';
import { commandsOf, runInShell } from '../../support/readme-commands.ts';

let local: LocalFunction;

beforeAll(async () => {
  local = await startFunction();
});

const commands = commandsOf('README.md', 'Debug a token');

/** What each command of the section must answer, in order: its exit code and a part of its output. */
const answers: readonly [name: string, exitCode: number | null, output: RegExp][] = [
  ['explain', 0, /^1\. audience_mismatch$/m],
  ['diagnose', 1, /^invalid\n\n1\. audience_mismatch claims, aud$/m],
  ['check', 0, /^ok +verified/m],
  ['page', null, /^http:\/\/127\.0\.0\.1:\d+\/$/m],
];

test('every command of the section has its answer here', () => {
  expect(commands).toHaveLength(answers.length);
});

test.each(answers.map((answer, index) => [...answer, commands[index] ?? ''] as const))(
  'countersign %s does what the README says',
  async (name, exitCode, output, command) => {
    expect(command).toContain(`countersign -- ${name}`);
    // The environment of the section "Locally", and nothing more.
    const { COUNTERSIGN_URL = '', GCE_METADATA_HOST = '' } = environmentOf(local, 'caller');
    const ran = await runInShell(command, { cwd: root, env: { COUNTERSIGN_URL, GCE_METADATA_HOST } });
    expect(ran.output).toMatch(output);
    if (exitCode !== null) expect(ran.exitCode).toBe(exitCode);
  },
  30_000,
);
