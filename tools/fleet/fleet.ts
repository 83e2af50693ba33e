/** Callers, what they ask for, and who answers them. */
export interface Fleet {
  name: string;
  /** Identities that call: a service account each. */
  callers: number;
  /** Processes of each caller, with an SDK cache of its own. */
  processesOfEach: number;
  /** Audiences that each process keeps tokens for. */
  audiences: number;
  /** Life of a token, in seconds. */
  lifetimeSeconds: number;
  /** Instances of the function, over which the requests fall evenly. */
  instances: number;
}

/** What it comes to. */
export interface Load {
  /** Requests of all SDKs to the function in a minute, at steady state. */
  requests: number;
  /** Calls to IAM in a minute, at steady state. */
  iam: number;
  /** Requests when every process and instance starts anew at once. */
  restartRequests: number;
  /** Calls to IAM that these come to. */
  restartIam: number;
}

/** What the code and Google hold the arithmetic to. */
export const constants = {
  /** Signatures of a project in a minute (https://cloud.google.com/iam/quotas). */
  iamQuota: 60_000,
  /** The SDK refreshes from this part of a token's life to that one on, evenly spread. */
  refreshEarliest: 0.5,
  refreshLatest: 0.8,
  /** An instance hands a token out again while this part of its life is left. */
  reusableFraction: 0.8,
  /** Signatures of one caller at one instance in a minute. */
  rateLimit: 6_000,
  /** As `npm run deploy` has it. */
  concurrency: 80,
  maxInstances: 20,
  batchMaxInstances: 5,
  /** Of an instance's batch items at IAM at once. */
  batchAtOnce: 64,
  batchItems: 1_000,
  /** What IAM is taken to answer in, in milliseconds. */
  iamMilliseconds: 20,
};

const meanRefresh = (constants.refreshEarliest + constants.refreshLatest) / 2;
const reusedPart = 1 - constants.reusableFraction;

/**
 * How often the function and IAM are asked where every audience is in constant use.
 *
 * A process refreshes a key somewhere in its window, after 65 % of the token's life on average; a reused token comes
 * with a part of its life gone, a tenth of it on average. All processes of a caller ask for the same token, and an
 * instance hands one out again for a fifth of its life: it signs, serves that long, and signs anew at the next request.
 * Requests are taken for evenly spread over time and instances.
 */
export function loadOf(fleet: Fleet): Load {
  const { callers, processesOfEach, audiences, lifetimeSeconds, instances } = fleet;
  const keys = callers * audiences;
  const lifeMinutes = lifetimeSeconds / 60;
  let [requests, iam] = [0, 0];
  // How much is reused depends on how often is asked, and the other way round: a few rounds settle it.
  for (let round = 0; round < 20; round += 1) {
    const reused = requests === 0 ? 0 : 1 - iam / requests;
    const meanLife = lifeMinutes * (meanRefresh - (reusedPart / 2) * reused);
    requests = (keys * processesOfEach) / meanLife;
    const minutesToNext = (keys * instances) / requests;
    iam = (keys * instances) / (reusedPart * lifeMinutes + minutesToNext);
  }
  // Of so many instances these are asked for one key: each signs it once, however many ask it at the same time.
  const asked = instances * (1 - (1 - 1 / instances) ** processesOfEach);
  return { requests, iam, restartRequests: keys * processesOfEach, restartIam: keys * asked };
}

/** The fleets that docs/scaling.md tells of. */
export const fleets: readonly Fleet[] = [
  { name: 'a team', callers: 10, processesOfEach: 5, audiences: 5, lifetimeSeconds: 3600, instances: 2 },
  {
    name: 'a company',
    callers: 200,
    processesOfEach: 20,
    audiences: 10,
    lifetimeSeconds: 3600,
    instances: 5,
  },
  {
    name: 'a large one',
    callers: 1000,
    processesOfEach: 50,
    audiences: 20,
    lifetimeSeconds: 3600,
    instances: 20,
  },
  {
    name: 'the same, tokens of 10 min',
    callers: 1000,
    processesOfEach: 50,
    audiences: 20,
    lifetimeSeconds: 600,
    instances: 20,
  },
];
