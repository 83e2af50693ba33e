import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { type Row, toTable } from './row.ts';

const file = new URL('RESULTS.md', import.meta.url);
const manifest = new URL('../../package.json', import.meta.url);

/** Whose versions a reader needs to measure the same. */
const measured = [
  '@google-cloud/functions-framework',
  'google-auth-library',
  'jose',
  'ajv',
  '@azure/core-rest-pipeline',
  '@azure/msal-node',
  '@octokit/auth-app',
  '@smithy/core',
  'async-cache-dedupe',
  'lru-cache',
  'openapi-fetch',
  'esbuild',
];

/** Writes the table to RESULTS.md, with the machine, the versions and the date that it is of. */
export async function writeResults(rows: readonly Row[], seconds: number): Promise<void> {
  const { dependencies, devDependencies } = JSON.parse(await readFile(manifest, 'utf8'));
  const versions = measured.map((name) => `${name} ${dependencies[name] ?? devDependencies[name]}`);
  await writeFile(file, describeRun(rows, { date: new Date(), seconds, versions }));
}

/** The text of RESULTS.md. */
export function describeRun(
  rows: readonly Row[],
  { date, seconds, versions }: { date: Date; seconds: number; versions: readonly string[] },
): string {
  const [cpu] = cpus();
  const machine = `${availableParallelism()} cores of ${cpu?.model.trim() ?? 'an unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`;
  return `# What \`npm run bench\` measured

Written by the bench itself, on ${date.toISOString().slice(0, 10)} in ${Math.round(seconds)} s. Only the ratios carry over to another machine:
both sides of each were measured in turns, in the same run. A figure is the median of its rounds, with the lowest and
the highest; a ratio is the median of the rounds' own ratios.

- Machine: ${machine}
- Node ${process.versions.node}
- ${versions.join(', ')}

${toTable(rows)}
`;
}
