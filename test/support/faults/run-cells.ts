import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import nock from 'nock';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { type BatchMessage, buildBatchMessage } from '../../../sdk/src/batch/index.ts';
import { publicReplyKey } from '../batch-function.ts';
import { emailOf } from '../emulator-client.ts';
import { delivered, readDelivery, startBatch } from './batch-cell.ts';
import { canary, type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { startHttpFunction } from './http-cell.ts';
import { type Cell, cellName, type Fault } from './matrix.ts';
import { withMetadataHost } from './metadata-host.ts';
import { atTheDeadline, describeWhen, type Observation } from './observe.ts';
import { type BatchSite, batchSites, type Dependency, type HttpSite, httpSites } from './sites.ts';

/** What became of a cell. */
export interface Outcome {
  /** What the caller saw, and when. */
  seen: string;
  /** What it saw once the fault was over, with what a reader then found of the batch. */
  mended: string;
  /** Whether a word of the dependency's came out. */
  leaked: boolean;
}

/** Faults without an end are met with little time left, the others with more than they take. */
const httpLeftMs = 2_500;
const endlessEventMs = 3_000;
const patientEventMs = 20_000;
const atOnce = 24;
const project = 'projects/countersign-local';

export interface CellRun {
  outcomes: Map<string, Outcome>;
  /** How many requests met a fault. */
  met: number;
  milliseconds: number;
}

// Broken connections are to be real ones, and every host here is on loopback.
nock.restore();

/** Runs the cells, many at once, each with a function of its own between a fault and the one local cloud. */
export async function runCells(cells: readonly Cell[]): Promise<CellRun> {
  const startedAt = performance.now();
  const emulator = await startEmulator({ seed: seedFor(cells) });
  Object.assign(process.env, emulator.env('countersign'));
  const policyPath = writePolicy(cells);
  const outcomes = new Map<string, Outcome>();
  let met = 0;
  const left = [...cells.entries()];
  const runNext = async () => {
    const [number, cell] = left.shift() ?? [];
    if (number === undefined || cell === undefined) return false;
    const proxy = await startFaultProxy(emulator.origin);
    const place = { emulator, policyPath, proxy, number };
    const metadataHost = dependencyOf(cell) === 'metadata' ? proxy.host : new URL(emulator.origin).host;
    const outcome = await withMetadataHost(metadataHost, () => runCell(place, cell)).catch(noOutcome);
    outcomes.set(cellName(cell), outcome);
    met += proxy.met.length;
    await proxy.close();
    return true;
  };
  // The first alone loads what is loaded late: the others are short of time.
  await runNext();
  const runAll = async () => {
    while (await runNext());
  };
  await Promise.all(Array.from({ length: atOnce }, runAll));
  await emulator.stop();
  return { outcomes, met, milliseconds: performance.now() - startedAt };
}

/** A request that is never answered is aborted. */
function noOutcome(error: Error): Outcome {
  return { seen: `no answer: ${error.name}`, mended: '', leaked: false };
}

interface Place {
  emulator: Emulator;
  policyPath: string;
  proxy: FaultProxy;
  number: number;
}

function runCell(place: Place, cell: Cell): Promise<Outcome> {
  const httpSite = httpSites[cell.site];
  if (httpSite !== undefined) return runHttpCell(place, cell, httpSite);
  const batchSite = batchSites[cell.site];
  if (batchSite !== undefined) return runBatchCell(place, cell, batchSite);
  throw new Error(`${cell.site} is no site`);
}

async function runHttpCell(place: Place, { fault, state }: Cell, site: HttpSite): Promise<Outcome> {
  const { emulator, policyPath, proxy } = place;
  const target = await startHttpFunction(emulator, policyPath, hostsOf(site.dependency, proxy));
  let serial = 0;
  const ask = (leftMs?: number) => {
    serial += 1;
    return target.ask(site.ask(serial), leftMs);
  };
  if (state === 'warm') await ask();
  await proxy.meet(fault, site.path, site.wrongType);
  const leftMs = isEndless(fault, site) ? httpLeftMs : undefined;
  const observed = await ask(leftMs);
  const when = describeWhen(observed, { fault, met: proxy.met.length, leftMs });
  await proxy.mend();
  const after = await until('200', ask);
  await target.close();
  return { seen: `${observed.what}, ${when}`, mended: after.what, leaked: hasCanary(observed, after) };
}

async function runBatchCell(place: Place, { fault, state }: Cell, site: BatchSite): Promise<Outcome> {
  const { emulator, policyPath, proxy, number } = place;
  const eventMs = site.triesForMs ?? (isEndless(fault, site) ? endlessEventMs : undefined);
  const hosts = hostsOf(site.dependency, proxy);
  const target = await startBatch(emulator, policyPath, { hosts, eventMs: eventMs ?? patientEventMs });
  const message = messageFor(site, number, 'cell');
  if (state === 'warm') await target.push(dataOf(site, messageFor(site, number, 'warm')));
  await proxy.meet(fault, site.path, site.wrongType);
  const observed = await target.push(dataOf(site, message));
  const isAcknowledged = observed.what.startsWith('204');
  const triesOn = site.triesForMs !== undefined && !isAcknowledged;
  const when = triesOn
    ? atTheDeadline
    : describeWhen(observed, { fault, met: proxy.met.length, leftMs: eventMs });
  await proxy.mend();
  const after = isAcknowledged ? observed : await until('204', () => target.push(dataOf(site, message)));
  const found = after.what === delivered ? await readDelivery(emulator, message) : [];
  await target.close();
  const mended = [after.what, ...found].join(' ');
  return {
    seen: `${isAcknowledged ? mended : observed.what}, ${when}`,
    mended,
    leaked: hasCanary(observed, after),
  };
}

/** Whether only a deadline ends the fault; what reads within a bound ends an endless body itself. */
function isEndless(fault: Fault, { readsAll }: { readsAll?: true }): boolean {
  return fault === 'black hole' || fault === 'slow body' || (fault === 'huge' && readsAll === true);
}

const maxRepeats = 40;

/**
 * Asks again and again, as the SDK and Pub/Sub do: a claim that could not be taken back counts until its event would
 * have ended.
 */
async function until(status: string, ask: () => Promise<Observation>): Promise<Observation> {
  for (let repeats = 1; ; repeats += 1) {
    const observed = await ask();
    if (observed.what.startsWith(status) || repeats === maxRepeats) return observed;
    await setTimeout(250);
  }
}

function hasCanary(...observed: Observation[]): boolean {
  return observed.some(({ text }) => text.includes(canary));
}

function dependencyOf({ site }: Cell): Dependency | undefined {
  return (httpSites[site] ?? batchSites[site])?.dependency;
}

function hostsOf(dependency: Dependency, { origin }: FaultProxy): { [name in Dependency]?: string } {
  return dependency === 'metadata' ? {} : { [dependency]: origin };
}

const secretOf = (number: number) => `${project}/secrets/cell-${number}`;
const topicOf = (number: number) => `${project}/topics/token-replies-${number}`;

function messageFor({ deliverTo }: BatchSite, number: number, requestId: string): BatchMessage {
  return buildBatchMessage({
    requestId,
    requests: ['a', 'b'].map((id) => ({ id, claims: { aud: `https://${id}-${requestId}.example.com` } })),
    deliverTo:
      deliverTo === 'secret' ? { secret: secretOf(number) } : { topic: topicOf(number), jwk: publicReplyKey },
  });
}

/** The message; where it is to be undeliverable, with a delivery that is none. */
function dataOf({ deliverTo }: BatchSite, { data, requestId }: BatchMessage): Uint8Array {
  return deliverTo === 'nowhere' ? Buffer.from(JSON.stringify({ requestId, requests: [] })) : data;
}

function seedFor(cells: readonly Cell[]): object {
  const numbers = [...cells.keys()];
  return {
    secrets: numbers.map((number) => ({ id: `cell-${number}`, labels: { countersign: 'matrix' } })),
    topics: [`${project}/topics/token-dead-letter`, ...numbers.map(topicOf)],
    subscriptions: numbers.map((number) => ({
      name: `${project}/subscriptions/token-replies-${number}`,
      topic: topicOf(number),
    })),
  };
}

function writePolicy(cells: readonly Cell[]): string {
  const numbers = [...cells.keys()];
  const policy = {
    bindings: [
      {
        id: 'matrix',
        members: [`serviceAccount:${emailOf('caller')}`, `topic:${project}/topics/token-requests`],
        audiences: ['https://*.example.com'],
        serviceAccounts: [emailOf('signer')],
        kinds: ['jwt', 'id_token', 'signature'],
        deliverTo: numbers.flatMap((number) => [secretOf(number), topicOf(number)]),
        jwkThumbprints: ['kPL03T61JULSvT2soQYtbEcYuh3W7Et4JM8q6n-vhW8'],
      },
    ],
    pushAccounts: { [`${project}/topics/token-requests`]: emailOf('pubsub-push') },
  };
  const path = join(mkdtempSync(join(tmpdir(), 'faults-')), 'policy.json');
  writeFileSync(path, JSON.stringify(policy));
  return path;
}
