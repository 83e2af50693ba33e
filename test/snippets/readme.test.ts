import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type LocalFunction, startFunction } from '../support/function.ts';
import { blocksOf } from '../support/markdown.ts';

const exec = promisify(execFile);
const audience = 'https://reports.example.com';

let local: LocalFunction;
let folder: string;

beforeAll(async () => {
  local = await startFunction();
  folder = await mkdtemp(join(tmpdir(), 'countersign-snippets-'));
  return () => rm(folder, { recursive: true });
});

/** The README's one snippet in a language, under the heading that has them all. */
function snippet(language: string): string {
  const found = blocksOf('README.md').filter(
    (block) => block.heading === 'Call it from curl, Python or Go' && block.language === language,
  );
  expect(found).toHaveLength(1);
  return found[0]?.code ?? '';
}

/** Runs a program as a process of this identity, which has nothing else in its environment; its standard output. */
async function run(program: string, args: string[], identity: 'caller' | 'stranger' = 'caller') {
  const { GCE_METADATA_HOST = '' } = local.emulator.env(identity);
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    COUNTERSIGN_URL: local.url,
    GCE_METADATA_HOST,
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    GOFLAGS: '-buildvcs=false',
  };
  return (await exec(program, args, { cwd: folder, env })).stdout.trim();
}

/** What a program that is refused writes to standard error, having failed. */
async function refusalOf(program: string, args: string[]): Promise<string> {
  const ended = await run(program, args, 'stranger').catch((error) => error);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  return ended.stderr;
}

test('curl gets a token', async () => {
  const answer = JSON.parse(await run('sh', ['-c', snippet('sh')]));
  expect(decodeJwt(answer.token).aud).toBe(audience);
});

test('curl shows why it gets none', async () => {
  const refused = await run('sh', ['-c', snippet('sh')], 'stranger').catch(({ stdout }) => stdout);
  expect(JSON.parse(refused).code).toBe('policy_denied');
});

test('Python gets a token, with its standard library alone', async () => {
  expect(decodeJwt(await run('python3', ['-I', '-c', snippet('python')])).aud).toBe(audience);
});

test('Python shows why it gets none', async () => {
  const refused = await refusalOf('python3', ['-I', '-c', snippet('python')]);
  expect(JSON.parse(refused)).toMatchObject({
    code: 'policy_denied',
    detail: expect.stringMatching('No binding'),
  });
});

test('Go gets a token', async () => {
  const go = await programOf(snippet('go'));
  expect(await run('gofmt', ['-d', go])).toBe('');
  expect(await run('go', ['vet', go])).toBe('');
  expect(decodeJwt(await run('go', ['run', go])).aud).toBe(audience);
});

test('Go has an error that says why it gets none', async () => {
  const refused = await refusalOf('go', ['run', await programOf(snippet('go'))]);
  const [, document = ''] = /^403 Forbidden: (\{.*\})$/m.exec(refused) ?? [];
  expect(JSON.parse(document)).toMatchObject({
    code: 'policy_denied',
    detail: expect.stringMatching('No binding'),
  });
});

/** A whole program around the snippet: it imports what the comment names, and prints what the function answers. */
async function programOf(code: string): Promise<string> {
  const [comment = '', ...lines] = code.trimEnd().split('\n');
  const imports = [...comment.matchAll(/"[^"]+"/g), ['"os"']].map(([path]) => `\t${path}`).sort();
  const main = `func main() {
	answer, err := getToken(os.Getenv("COUNTERSIGN_URL"), \`{"claims": {"aud": "${audience}"}}\`)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(answer.Token)
}`;
  const file = join(folder, 'main.go');
  const head = `package main\n\nimport (\n${imports.join('\n')}\n)`;
  await writeFile(file, `${[head, lines.join('\n'), main].join('\n\n')}\n`);
  onTestFinished(() => rm(file));
  return file;
}
