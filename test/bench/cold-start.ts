import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { buildFunction } from '../../tools/build/function.ts';
import { findFreePorts } from '../../tools/local-cloud/ports.ts';
import { describe, median, type Row } from './row.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rounds = 20;

interface Start {
  source: string;
  target: string;
  path: string;
}

const helloWorld: Start = { source: `${root}test/bench/hello-world`, target: 'helloWorld', path: '/' };
const ours: Start = { source: root, target: 'countersign', path: '/health' };

/** Spawn to the first 200 of the function as it is deployed, against functions-framework's hello-world, in turns. */
export async function coldStartRows(): Promise<Row[]> {
  await buildFunction();
  const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  await startOnce(ours);
  await startOnce(helloWorld);
  for (let round = 0; round < rounds; round += 1) {
    times.ours.push(await startOnce(ours));
    times.peer.push(await startOnce(helloWorld));
  }
  return [
    {
      row: 'cold start to the first 200 of /health',
      peer: 'functions-framework hello-world',
      ratio: median(times.ours) / median(times.peer),
      figures: `${describe('ours', times.ours, 'ms')}, ${describe('peer', times.peer, 'ms')}`,
      goal: ['at most', 1.2],
    },
  ];
}

/** Milliseconds from the start of a process to the first 200 that it answers. */
async function startOnce({ source, target, path }: Start): Promise<number> {
  const port = await findFreePorts(1);
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['node_modules/.bin/functions-framework', `--source=${source}`, `--target=${target}`, `--port=${port}`],
    {
      cwd: root,
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH ?? '',
        NODE_ENV: 'production',
        COUNTERSIGN_POLICY: `${root}tools/policies/local.json`,
        COUNTERSIGN_URL: 'https://countersign.example.com',
      },
    },
  );
  while (!(await answers(port, path))) {
    if (child.exitCode !== null) throw new Error(`${target} ended before it served`);
  }
  const elapsed = performance.now() - startedAt;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return elapsed;
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ port, path, host: '127.0.0.1', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    call.on('error', () => setTimeout(resolve, 1, false));
    call.end();
  });
}
