import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCache } from '../../tools/build/compile-cache.ts';
import { root } from '../../tools/local-cloud/child-process.ts';
import { findFreePorts } from '../../tools/local-cloud/ports.ts';
import { deployToFolder } from '../support/deployed-folder.ts';
import { describe, type Row, ratioOfRounds } from './row.ts';
import { type Stage, setStage } from './stage.ts';

const rounds = 20;
const localPolicy = `${root}tools/policies/local.json`;

interface Start {
  folder: string;
  target: string;
  env: Record<string, string>;
  /** What is asked until it is answered with 200. */
  ask: { path: string; method: string; headers: Record<string, string>; body: string };
}

interface Figures {
  milliseconds: number[];
  /** Resident memory right after the first 200. */
  megabytes: number[];
}

/** Spawn to the first 200 of the function as it is deployed, against functions-framework's hello-world, in turns. */
export async function rows(): Promise<Row[]> {
  const stage = await setStage(0);
  const starts = plan(stage);
  for (const start of Object.values(starts)) await startOnce(start);
  const figures = Object.fromEntries(
    Object.keys(starts).map((name) => [name, { milliseconds: [], megabytes: [] }]),
  ) as unknown as Record<keyof typeof starts, Figures>;
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, start] of Object.entries(starts) as [keyof typeof starts, Start][]) {
      const { milliseconds, megabytes } = await startOnce(start);
      figures[name].milliseconds.push(milliseconds);
      figures[name].megabytes.push(megabytes);
    }
  }
  await stage.stop();
  const { hello, health, healthCached, token, claims } = figures;
  const row = (what: string, of: Figures, key: keyof Figures, limit: number): Row => ({
    row: what,
    peer: 'functions-framework hello-world',
    ratio: ratioOfRounds(of[key], hello[key]),
    figures: `${describe('ours', of[key], units[key])}, ${describe('peer', hello[key], units[key])}`,
    goal: ['at most', limit],
  });
  const cold = 'cold start to the first 200 of /health';
  const first = 'cold start to the first signed token';
  return [
    row(`${cold}, with the compile cache of gcp-build`, healthCached, 'milliseconds', 1.05),
    row(`${cold}, without`, health, 'milliseconds', 1.2),
    row(`${first}, policy without claims, with the compile cache`, token, 'milliseconds', 1.3),
    row(`${first}, policy with claims, with the compile cache`, claims, 'milliseconds', 1.6),
    row('memory (RSS) after start', healthCached, 'megabytes', 1.1),
    row('memory (RSS) after the first signed token, policy without claims', token, 'megabytes', 1.25),
    row('memory (RSS) after the first signed token, policy with claims', claims, 'megabytes', 1.25),
  ];
}

const units = { milliseconds: 'ms', megabytes: 'MB' };

function plan({ env, idToken }: Stage) {
  const folder = deployToFolder();
  const health = { path: '/health', method: 'GET', headers: {}, body: '' };
  const token = {
    path: '/v1/tokens',
    method: 'POST',
    headers: { authorization: `Bearer ${idToken}`, 'content-type': 'application/json' },
    body: '{"claims":{"aud":"https://reports.example.com"}}',
  };
  const ours = { folder, target: 'countersign' };
  const without = { ...env, COUNTERSIGN_POLICY: policyWithoutClaims() };
  const withClaims = { ...env, COUNTERSIGN_POLICY: localPolicy };
  return {
    hello: {
      folder: helloWorld(folder),
      target: 'helloWorld',
      env: { NODE_ENV: 'production' },
      ask: { ...health, path: '/' },
    },
    health: { ...ours, env, ask: health },
    healthCached: { ...ours, env: { ...env, ...compileCache }, ask: health },
    token: { ...ours, env: { ...without, ...compileCache }, ask: token },
    claims: { ...ours, env: { ...withClaims, ...compileCache }, ask: token },
  } satisfies Record<string, Start>;
}

/** The peer as it would be deployed, with the same framework. */
function helloWorld(deployed: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'hello-world-'));
  cpSync(`${root}test/bench/hello-world`, folder, { recursive: true });
  symlinkSync(join(deployed, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function policyWithoutClaims(): string {
  const { bindings } = JSON.parse(readFileSync(localPolicy, 'utf8'));
  const path = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.json');
  writeFileSync(path, JSON.stringify({ bindings: [{ ...bindings[0], claims: undefined }] }));
  return path;
}

/** From the start of a process to the first 200 that it answers. */
async function startOnce({ folder, target, env, ask }: Start) {
  const port = await findFreePorts(1);
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['node_modules/.bin/functions-framework', `--target=${target}`, `--port=${port}`],
    { cwd: folder, stdio: 'ignore', env: { PATH: process.env.PATH ?? '', ...env } },
  );
  while (!(await answers(port, ask))) {
    if (child.exitCode !== null) throw new Error(`${target} ended before it served`);
  }
  const milliseconds = performance.now() - startedAt;
  const kibibytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' }));
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { milliseconds, megabytes: kibibytes / 1024 };
}

function answers(port: number, { path, method, headers, body }: Start['ask']): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const call = request({ port, path, method, headers, host: '127.0.0.1', agent: false }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve(true);
      else reject(new Error(`${path} answered ${answer.statusCode}`));
    });
    call.on('error', () => setTimeout(resolve, 1, false));
    call.end(body);
  });
}
