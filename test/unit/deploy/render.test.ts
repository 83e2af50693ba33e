import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote, renderCommand } from '../../../tools/deploy/render.ts';

/** The words that a shell makes of a line, with a project number set. */
function readByShell(line: string): string[] {
  const script = `PROJECT_NUMBER=42\nset -- ${line}\nprintf '%s\\0' "$@"`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const odd = fc
  .string({ unit: fc.constantFrom(...`a1'"$\`\\ ;|&<>()*?[]{}#!~=,@-\n\té`), minLength: 1 })
  .filter((word) => !word.includes('PROJECT_NUMBER'));

test('a shell reads each word back, whatever is in it', () => {
  const words = fc.array(
    fc.oneof(
      odd,
      odd.map((value) => `--flag=${value}`),
    ),
    {
      minLength: 1,
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(words, (given) => {
      expect(readByShell(given.map(quote).join(' '))).toEqual(given);
    }),
    { numRuns: 20 },
  );
});

test('the project’s number is the shell’s variable, also beside what is quoted', () => {
  expect(readByShell(quote("--env=A='x y',URL=https://c-PROJECT_NUMBER.run.app"))).toEqual([
    "--env=A='x y',URL=https://c-42.run.app",
  ]);
});

test('an empty word stays a word', () => {
  expect(readByShell(`${quote('')} b`)).toEqual(['', 'b']);
});

test('a long command has a flag on each line, and a file of any name is read', () => {
  const input = { file: "a policy's file.json", projectId: 'acme', text: '' };
  const words = [
    'gcloud',
    'secrets',
    'versions',
    'add',
    's'.repeat(60),
    '--data-file=-',
    '--project=acme',
    '--quiet',
  ];
  expect(renderCommand({ words, input })).toBe(
    `sed s/PROJECT_ID/acme/g < 'a policy'\\''s file.json' | gcloud secrets versions add ${'s'.repeat(60)} \\\n` +
      '  --data-file=- \\\n  --project=acme --quiet',
  );
});
