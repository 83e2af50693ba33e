import type { Jwk, JwkSet } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import { inTime } from '../issuance/in-time.ts';
import type { Deadline } from '../issuance/ports.ts';
import { type HttpAnswer, HttpFailure, requestHttp } from './http-client.ts';

/** Google asks to update cached keys every 15 minutes (google.iam.admin.v1.ServiceAccountKey). */
const maxAgeMilliseconds = 900_000;
const minAgeMilliseconds = 60_000;
/** An unknown `kid` fetches the keys anew, but no oftener than this. */
const coolDownMilliseconds = 30_000;
const maxBytes = 256 * 1024;
/** How long to wait for new keys while older ones would still do. */
const refreshMilliseconds = 1_000;
/** How long one fetch may take, whoever waits for it. */
const fetchMilliseconds = 5_000;
/** One that takes longer may hang: who comes then starts another. */
const flightMilliseconds = 1_000;
/** After a refresh that failed the older keys serve this long, before the next is tried. */
const retryMilliseconds = 10_000;

type KeyFetch = { outcome: 'fetched'; keys: number } | { outcome: 'failed'; reason: string };

/** Is told of each fetch of keys, how it ended and how long it took. */
export type KeyReport = (fetch: KeyFetch & { latencyMilliseconds: number }) => void;

/**
 * The JWK Set at one URL, fetched when needed and kept as its Cache-Control says, from 1 to 15 minutes.
 * State: the last good set, when it was fetched and when a fetch failed, and the fetch under
 * way, which all who wait share.
 */
export class RemoteKeySet {
  readonly #url: string;
  readonly #report: KeyReport;
  #set: JwkSet | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #maxAge = 0;
  #flight: Promise<JwkSet> | undefined;
  #departedAt = 0;

  constructor(url: string, report: KeyReport = () => {}) {
    this.#url = url;
    this.#report = report;
  }

  /** @throws HttpFailure where the set is neither here nor to be had by the deadline */
  async get(deadline: Deadline): Promise<JwkSet> {
    const now = performance.now();
    const age = now - this.#fetchedAt;
    if (this.#set !== undefined && age < this.#maxAge) return this.#set;
    if (this.#set === undefined || age >= maxAgeMilliseconds) return this.#fetch(deadline);
    // Google publishes a key for hours after its last use: a set past its refresh still verifies for a while.
    if (now - this.#failedAt < retryMilliseconds) return this.#set;
    try {
      return await this.#fetch(Math.min(deadline, now + refreshMilliseconds));
    } catch {
      this.#failedAt = performance.now();
      return this.#set;
    }
  }

  /** The key of this ID; where the set has none, it is fetched anew, unless that was just done. */
  async find(kid: string, deadline: Deadline): Promise<Jwk | undefined> {
    const held = findKey(await this.get(deadline), kid);
    if (held !== undefined || performance.now() - this.#triedAt < coolDownMilliseconds) return held;
    return findKey(await this.#fetch(deadline), kid);
  }

  /** The fetch is everybody's, and has a limit of its own: who has less time waits no longer, and ends it for nobody. */
  async #fetch(deadline: Deadline): Promise<JwkSet> {
    const now = performance.now();
    this.#triedAt = now;
    if (this.#flight === undefined || now - this.#departedAt >= flightMilliseconds) {
      const flight = this.#loadAndTell(now + fetchMilliseconds).finally(() => {
        if (this.#flight === flight) this.#flight = undefined;
      });
      this.#flight = flight;
      this.#departedAt = now;
    }
    try {
      return await inTime(this.#flight, deadline, '');
    } catch (error) {
      throw error instanceof Problem ? new HttpFailure('deadline') : error;
    }
  }

  async #loadAndTell(deadline: Deadline): Promise<JwkSet> {
    const begunAt = performance.now();
    const tell = (outcome: KeyFetch) =>
      this.#report({ ...outcome, latencyMilliseconds: Math.round(performance.now() - begunAt) });
    try {
      const set = await this.#load(deadline);
      tell({ outcome: 'fetched', keys: set.keys.length });
      return set;
    } catch (error) {
      if (error instanceof HttpFailure) tell({ outcome: 'failed', reason: error.reason });
      throw error;
    }
  }

  /** Tries once more where no answer came: the connection may have been kept alive by this side alone. */
  async #request(deadline: Deadline): Promise<HttpAnswer> {
    const request = () => requestHttp({ method: 'GET', url: this.#url, deadline, maxBytes });
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof HttpFailure) || error.isTimeout || error.isOversized) throw error;
      return request();
    }
  }

  async #load(deadline: Deadline): Promise<JwkSet> {
    const { status, headers, body } = await this.#request(deadline);
    if (status !== 200) throw new HttpFailure(`status ${status}`);
    const set = parseJwkSet(body);
    const [, seconds] = /(?:^|[\s,])max-age=(\d{1,8})/.exec(headers['cache-control'] ?? '') ?? [];
    this.#maxAge = Math.min(maxAgeMilliseconds, Math.max(minAgeMilliseconds, Number(seconds ?? 900) * 1000));
    this.#fetchedAt = performance.now();
    this.#set = set;
    return set;
  }
}

function parseJwkSet(body: string): JwkSet {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)) {
      // What is no key among them is passed over (RFC 7517 section 5); where nothing is one, it is no set of keys.
      const keys = value.keys.filter(isJwk);
      if (keys.length > 0 || value.keys.length === 0) return { keys };
    }
  } catch {
    // What the host sent instead of keys is of no use in a message.
  }
  throw new HttpFailure('an answer that is no JWK Set');
}

function isJwk(value: unknown): value is Jwk {
  const { kid, kty } = Object(value) as Partial<Jwk>;
  return typeof kid === 'string' && typeof kty === 'string';
}

function findKey({ keys }: JwkSet, kid: string): Jwk | undefined {
  return keys.find((key) => key.kid === kid);
}
