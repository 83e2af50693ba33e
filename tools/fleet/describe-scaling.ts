import { constants, type Fleet, fleets, loadOf } from './fleet.ts';

const number = (value: number) => Math.round(value).toLocaleString('en');
const percent = (part: number) => `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;

/** All figures of docs/scaling.md: the constants, the fleets and the batches, each a Markdown table. */
export function describeScaling(): string {
  return [describeConstants(), describeFleets(), describeBatches()].join('\n\n');
}

/** What the arithmetic stands on. */
export function describeConstants(): string {
  const { refreshEarliest, refreshLatest, reusableFraction } = constants;
  const mean = (refreshEarliest + refreshLatest) / 2;
  return toTable([
    ['what', 'figure'],
    ['IAM signatures of a project in a minute', number(constants.iamQuota)],
    [
      'a process refreshes after',
      `${percent(refreshEarliest)} to ${percent(refreshLatest)}, on average ${percent(mean)} of a life`,
    ],
    [
      'an instance hands a token out again for',
      `${percent(1 - reusableFraction)} of its life, while ${percent(reusableFraction)} are left`,
    ],
    ['signatures of one caller at one instance in a minute', number(constants.rateLimit)],
    ['requests that an instance takes at once', number(constants.concurrency)],
    ['instances of the function at most', number(constants.maxInstances)],
    ['instances of the batch function at most', number(constants.batchMaxInstances)],
  ]);
}

/** Calls to the function and to IAM, at steady state and after everything started anew. */
export function describeFleets(): string {
  const rows = fleets.map((fleet: Fleet) => {
    const load = loadOf(fleet);
    return [
      fleet.name,
      `${number(fleet.callers)} × ${number(fleet.processesOfEach)}`,
      number(fleet.audiences),
      `${number(fleet.lifetimeSeconds / 60)} min`,
      number(fleet.instances),
      number(load.requests),
      `${number(load.iam)} (${percent(load.iam / constants.iamQuota)})`,
      number(load.restartRequests),
      `${number(load.restartIam)} (${percent(load.restartIam / constants.iamQuota)})`,
    ];
  });
  const names = ['fleet', 'callers × processes', 'audiences of each', 'life', 'instances'];
  const loads = ['requests a minute', 'IAM calls a minute (of the quota)', 'requests of a restart'];
  return toTable([[...names, ...loads, 'IAM calls of a restart (of a minute’s quota)'], ...rows]);
}

/** What one instance of the batch function can sign, and all of them. */
export function describeBatches(): string {
  const { batchItems, batchAtOnce, iamMilliseconds, batchMaxInstances, iamQuota } = constants;
  const milliseconds = Math.ceil(batchItems / batchAtOnce) * iamMilliseconds;
  const perMinute = (batchAtOnce / iamMilliseconds) * 60_000;
  return toTable([
    ['what', 'figure'],
    [
      `a batch of ${number(batchItems)}, ${batchAtOnce} at once, IAM at ${iamMilliseconds} ms`,
      `${milliseconds} ms`,
    ],
    ['signatures of one instance in a minute, if it did nothing else', number(perMinute)],
    [`of ${batchMaxInstances} instances`, number(perMinute * batchMaxInstances)],
    [`batches of ${number(batchItems)} in a minute that the quota allows`, number(iamQuota / batchItems)],
  ]);
}

function toTable([names = [], ...rows]: string[][]): string {
  return [names, names.map(() => '---'), ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
