import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentOf } from '../../support/cli-process.ts';
import { startFunction } from '../../support/function.ts';
import { installPackedSdk, type PackedSdk, root, run } from '../../support/packed-sdk.ts';
import { commandsOf, runInShell } from '../../support/readme-commands.ts';
import {
  replyWithIdentity,
  replyWithProblem,
  replyWithToken,
  sendJson,
  startTokenServer,
} from '../../support/token-server.ts';
import { undocumentedNames } from '../../support/undocumented-names.ts';

let sdk: PackedSdk;
let installed: string;

beforeAll(async () => {
  sdk = await installPackedSdk();
  installed = join(sdk.project, 'node_modules/countersign');
}, 120_000);

afterAll(() => sdk[Symbol.asyncDispose]());

it("holds JavaScript, declarations, the doctor's page, README and licence, and nothing else", () => {
  expect(sdk.files).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']),
  );
  const others = sdk.files.filter(
    (path) => !/^dist\/.*\.(js|d\.ts)$|^(LICENSE|README\.md|package\.json|dist\/page\.html)$/.test(path),
  );
  expect(others).toEqual([]);
});

it('passes publint and arethetypeswrong', async () => {
  await run(root, 'npx', 'publint', '--strict', sdk.tarball);
  await run(root, 'npx', 'attw', sdk.tarball, '--profile', 'esm-only');
}, 60_000);

const tsc = join(root, 'node_modules/.bin/tsc');
const strict = [
  '--strict',
  '--exactOptionalPropertyTypes',
  '--noEmit',
  '--types',
  'node',
  '--target',
  'es2022',
];
/** With the browser's types, which a project of Node alone leaves out, and unlooked at what others declare. */
const withDom = [...strict, '--lib', 'es2023,dom,dom.iterable', '--skipLibCheck'];

it.each([
  ['module nodenext', [...withDom, '--module', 'nodenext', '--moduleResolution', 'nodenext']],
  [
    'module esnext and resolution bundler',
    [...withDom, '--module', 'esnext', '--moduleResolution', 'bundler'],
  ],
  ["Node's types alone, its declarations too", [...strict, '--lib', 'es2023', '--module', 'nodenext']],
])(
  'compiles under %s, and what must not compile does not',
  async (_, options) => {
    await run(sdk.project, tsc, ...options, 'consumer.ts');
  },
  60_000,
);

const node22 = join(root, 'test/runtimes/node_modules/.bin/node');
const bun = join(root, 'node_modules/.bin/bun');

describe('runs', () => {
  it.each([
    ['Node 24', process.execPath, /^v24\./],
    ['Node 22', node22, /^v22\./],
    ['Bun', bun, /^1\./],
  ])('on %s', async (_, program, version) => {
    await using service = await startTokenServer((request, response) => {
      const isRefused = request.body.claims.aud === 'refused';
      return (isRefused ? replyWithProblem(403, 'policy_denied') : replyWithToken())(request, response);
    });
    expect(await run(sdk.project, program, '--version')).toMatch(version);
    expect(JSON.parse(await run(sdk.project, program, 'run.mjs', service.url))).toEqual({
      distinct: 1,
      stats: { entries: 2, hits: 0, misses: 52, refreshes: 2, stale: 0, failures: 1 },
      refused: { code: 'policy_denied', status: 403 },
      status: 200,
      findings: ['audience_mismatch', 'jwks_unavailable'],
    });
  });

  it.each([process.execPath, node22])('with require() on %s', async (program) => {
    expect(await run(sdk.project, program, 'require.cjs')).toBe('function\n');
  });
});

describe('its size', () => {
  const bundle = async (contents: string, splitting = false) => {
    const plan = {
      stdin: { contents, resolveDir: sdk.project },
      bundle: true,
      minify: true,
      format: 'esm',
      splitting,
    } as const;
    const { outputFiles, metafile } = await build({ ...plan, outdir: 'out', write: false, metafile: true });
    return { outputFiles, metafile };
  };

  const core = "export { TokenClient } from 'countersign'";
  const gzippedSize = (files: readonly { text: string }[]) =>
    gzipSync(files.map(({ text }) => text).join(''), { level: 9 }).length;

  it('is at most 2,850 B for what a program loads with TokenClient, and 4,400 B with its first request', async () => {
    const { outputFiles } = await bundle(core, true);
    const late = outputFiles.filter(({ path }) => /service-/.test(path));
    const early = outputFiles.filter((file) => !late.includes(file));
    expect(late).toHaveLength(1);
    expect(gzippedSize(early)).toBeLessThanOrEqual(2850);
    expect(gzippedSize(outputFiles)).toBeLessThanOrEqual(4400);
  });

  it('is at most 4,500 B in one file', async () => {
    const { outputFiles } = await bundle(core);
    expect(outputFiles).toHaveLength(1);
    expect(gzippedSize(outputFiles)).toBeLessThanOrEqual(4500);
  });

  it('has no dependency in it, and neither the doctor nor the command line', async () => {
    const { metafile } = await bundle("export * from 'countersign'");
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.some((path) => path.includes('node_modules/countersign/'))).toBe(true);
    expect(inputs.filter((path) => /node_modules\/jose|\/diagnose\/|\/cli\//.test(path))).toEqual([]);
  });
});

describe('its command', () => {
  const start = (program: string, ...args: string[]) =>
    spawn(program, [join(installed, 'dist/cli/main.js'), ...args]);

  it('is installed as countersign', async () => {
    const command = join(sdk.project, 'node_modules/.bin/countersign');
    const answer = await run(sdk.project, command, 'explain', 'jwt expired', '--json');
    expect(JSON.parse(answer).causes[0]).toMatchObject({ code: 'expired', library: 'jsonwebtoken' });
  });

  it('says what --as needs where google-auth-library is not installed', async () => {
    const alone = join(sdk.project, '../alone');
    await cp(installed, alone, { recursive: true });
    const args = ['token', 'https://a.example', '--url', 'https://b.example'];
    const command = [join(alone, 'dist/cli/main.js'), ...args, '--as', 'a@b.iam.gserviceaccount.com'];
    await expect(run(alone, process.execPath, ...command)).rejects.toThrow(
      '--as needs google-auth-library: npm install google-auth-library',
    );
  });

  it.each([process.execPath, node22])('serves the page that is in the package, on %s', async (program) => {
    const child = start(program, 'page');
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const page = await (await fetch(String(line).trim())).text();
    expect(page).toBe(await readFile(join(installed, 'dist/page.html'), 'utf8'));
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });
});

describe('its declarations', () => {
  let declarations: string;

  beforeAll(async () => {
    const folder = join(installed, 'dist');
    const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.d.ts'));
    const texts = paths
      .sort()
      .map(async (path) => `// ${path}\n${await readFile(join(folder, path), 'utf8')}`);
    declarations = (await Promise.all(texts)).join('\n');
  });

  it('are the public API of the snapshot', async () => {
    await expect(declarations).toMatchFileSnapshot('__snapshots__/countersign.d.ts');
  });

  it('have a docstring at every name and member', () => {
    expect(undocumentedNames(declarations)).toEqual([]);
  });
});

describe("its README, and the repository's", () => {
  const texts = ['sdk/README.md', 'README.md'].map((path) => readFileSync(join(root, path), 'utf8'));
  const snippets = texts.flatMap((text) =>
    [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code),
  );
  // The others want Pub/Sub and secrets: test/integration/batch runs them.
  const running = snippets.filter((code) => !code.includes('@google-cloud'));

  it('has examples that compile', async () => {
    const names = snippets.map((_, index) => `snippet-${index}.ts`);
    await Promise.all(
      names.map((name, i) => writeFile(join(sdk.project, name), `${snippets[i]}export {};\n`)),
    );
    const options = [...strict, '--lib', 'es2023', '--module', 'nodenext', '--skipLibCheck'];
    await run(sdk.project, tsc, ...options, 'snippet-context.d.ts', ...names);
  }, 60_000);

  it.each(running.map((code) => [/\w.*(?=\()/.exec(code)?.[0], code]))(
    'has an example that runs: %s',
    async (_, code) => {
      await using service = await startTokenServer((request, response) => {
        if (request.path === '/v1/signatures')
          sendJson(response, 200, { signature: '', kid: '', signed: '' });
        else if (/^\/v1\/(id-)?tokens$/.test(request.path)) replyWithToken()(request, response);
        else if (request.path.startsWith('/computeMetadata/')) replyWithIdentity()(request, response);
        else if (request.path === '/.well-known/jwks.json') sendJson(response, 200, { keys: [] });
        else response.end();
      });
      const name = `running-${running.indexOf(code)}.ts`;
      await writeFile(join(sdk.project, name), code);
      await run(sdk.project, process.execPath, '--import', './snippet-context.mjs', name, service.url);
      const isOffline = /testing|onEvent|GoogleAuth/.test(code);
      expect(service.requests.length > 0).toBe(!isOffline);
    },
  );
});

describe("its README's command line", () => {
  const commands = commandsOf('sdk/README.md', 'On the command line');
  /** What each of them must answer, in order. */
  const answers = [
    /^[\w-]+\.[\w-]+\.[\w-]+\n$/,
    /^ok +verified/m,
    /"aud": "https:\/\/reports.example.com"/,
    /^valid\n/,
    /^1\. audience_mismatch$/m,
    /^http:\/\/127\.0\.0\.1:\d+\/$/m,
  ];
  let env: Record<string, string>;

  beforeAll(async () => {
    env = environmentOf(await startFunction(), 'caller');
  });

  it('has an answer here for every command', () => {
    expect(commands).toHaveLength(answers.length);
  });

  it.each(commands.map((command, index) => [command, answers[index]] as const))(
    'does what it says: %s',
    async (command, answer) => {
      const { exitCode, output } = await runInShell(command, { cwd: sdk.project, env });
      expect(output).toMatch(answer ?? 'an answer');
      if (!command.endsWith(' page')) expect(exitCode).toBe(0);
    },
    30_000,
  );
});
