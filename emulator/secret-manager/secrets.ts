import type { Clock } from '../cloud/clock.ts';
import { ApiError, invalidArgument } from '../http/api-error.ts';
import type { Secret, State, Version } from './secret.ts';

/** How far Secret Manager's eventually consistent answers lag; access by number never does. */
export interface Staleness {
  /** Lists of versions miss those that are younger. */
  readonly listSeconds: number;
  /** `latest` is the newest version that is not younger. */
  readonly latestSeconds: number;
  /** A secret says of itself what it said then; a change is held against the etag of now. */
  readonly metadataSeconds: number;
}

interface Entry {
  secret: Secret;
  /** What it was before, oldest first, each until when. */
  readonly past: { readonly secret: Secret; readonly untilMs: number }[];
  /** Oldest first; number n at index n - 1, for versions are never removed. */
  readonly versions: Version[];
}

type SecretValues = Pick<Secret, 'labels' | 'annotations' | 'versionAliases' | 'replication'>;
type VersionValues = Pick<Version, 'data' | 'dataCrc32c' | 'clientSpecifiedPayloadChecksum'>;

const fresh: Staleness = { listSeconds: 0, latestSeconds: 0, metadataSeconds: 0 };

/** Of a secret's past so much is kept. */
const maxPast = 100;

/**
 * The secrets of the project by their ids. Its state is each secret with its versions, the counter behind the etags,
 * and how stale its answers are.
 */
export class Secrets {
  readonly #clock: Clock;
  /** The prefix of the names in answers: Google puts the project's number there. */
  readonly #parent: string;
  #entries = new Map<string, Entry>();
  #revision = 0;
  #staleness = fresh;

  constructor(clock: Clock, projectNumber: string) {
    this.#clock = clock;
    this.#parent = `projects/${projectNumber}`;
  }

  /** Forgets everything but these secrets, which have no versions. */
  load(secrets: readonly { readonly id: string; readonly labels: Secret['labels'] }[]): void {
    this.#entries = new Map();
    this.#staleness = fresh;
    for (const { id, labels } of secrets) {
      this.create(id, { labels, annotations: {}, versionAliases: {}, replication: { automatic: {} } });
    }
  }

  staleness(): Staleness {
    return this.#staleness;
  }

  setStaleness(change: Partial<Staleness>): void {
    for (const [name, seconds] of Object.entries(change)) {
      if (!(seconds >= 0)) throw invalidArgument(`${name}: ${seconds} is not a time in seconds`);
    }
    this.#staleness = { ...this.#staleness, ...change };
  }

  create(id: string, values: SecretValues): Secret {
    if (this.#entries.has(id))
      throw new ApiError('ALREADY_EXISTS', `Secret [${this.nameOf(id)}] already exists.`);
    const secret = { id, createdAtMs: this.#clock.nowMs(), etag: this.#nextEtag(), ...values };
    this.#entries.set(id, { secret, past: [], versions: [] });
    return secret;
  }

  get(id: string): Secret {
    return this.#entry(id).secret;
  }

  /** As a reading shows it, which may lag behind. */
  read(id: string): Secret {
    return this.#lagging(this.#entry(id));
  }

  /** In the order of their creation, newest first; as a reading shows them. */
  list(): Secret[] {
    return [...this.#entries.values()].map((entry) => this.#lagging(entry)).reverse();
  }

  update(id: string, values: Partial<SecretValues>, etag?: string): Secret {
    const entry = this.#entry(id);
    checkEtag(entry.secret, etag);
    entry.past.push({ secret: entry.secret, untilMs: this.#clock.nowMs() });
    if (entry.past.length > maxPast) entry.past.shift();
    entry.secret = { ...entry.secret, ...values, etag: this.#nextEtag() };
    return entry.secret;
  }

  delete(id: string, etag?: string): void {
    checkEtag(this.get(id), etag);
    this.#entries.delete(id);
  }

  /** The new version has the next number; the numbers of one secret are never used again. */
  addVersion(id: string, values: VersionValues): Version {
    const { versions } = this.#entry(id);
    const number = versions.length + 1;
    const createdAtMs = this.#clock.nowMs();
    const version: Version = { number, createdAtMs, state: 'ENABLED', etag: this.#nextEtag(), ...values };
    versions.push(version);
    return version;
  }

  /** By number alone: the one strongly consistent way to a version. */
  version(id: string, number: number): Version {
    const version = this.#entry(id).versions[number - 1];
    if (!version) throw versionNotFound(this.nameOf(id), String(number));
    return version;
  }

  /** By number, `latest` or alias. */
  resolveVersion(id: string, reference: string): Version {
    if (/^[1-9]\d{0,14}$/.test(reference)) return this.version(id, Number(reference));
    const { secret, versions } = this.#entry(id);
    const number = Object.hasOwn(secret.versionAliases, reference) && secret.versionAliases[reference];
    if (number) return this.version(id, number);
    if (reference !== 'latest') throw versionNotFound(this.nameOf(id), reference);
    const latest = this.#olderThan(versions, this.#staleness.latestSeconds).at(-1);
    if (!latest) throw new ApiError('NOT_FOUND', `Secret [${this.nameOf(id)}] not found or has no versions.`);
    return latest;
  }

  versionCount(id: string): number {
    return this.#entry(id).versions.length;
  }

  /** Newest first. */
  listVersions(id: string): Version[] {
    return this.#olderThan(this.#entry(id).versions, this.#staleness.listSeconds).toReversed();
  }

  /** A destroyed version stays so. Setting the state that it has changes nothing. */
  setState(id: string, number: number, state: State, etag?: string): Version {
    const version = this.version(id, number);
    checkEtag(version, etag);
    if (version.state === 'DESTROYED')
      throw new ApiError('FAILED_PRECONDITION', 'SecretVersion.state is already DESTROYED.');
    if (version.state === state) return version;
    const changed: Version = { ...version, state, etag: this.#nextEtag() };
    const destroyed = { data: Buffer.of(), destroyedAtMs: this.#clock.nowMs() };
    const next = state === 'DESTROYED' ? { ...changed, ...destroyed } : changed;
    this.#entry(id).versions[number - 1] = next;
    return next;
  }

  nameOf(id: string): string {
    return `${this.#parent}/secrets/${id}`;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new ApiError('NOT_FOUND', `Secret [${this.nameOf(id)}] not found.`);
    return entry;
  }

  #lagging({ secret, past }: Entry): Secret {
    const atMs = this.#clock.nowMs() - this.#staleness.metadataSeconds * 1000;
    return past.find(({ untilMs }) => untilMs > atMs)?.secret ?? secret;
  }

  #olderThan(versions: readonly Version[], seconds: number): Version[] {
    const latestMs = this.#clock.nowMs() - seconds * 1000;
    return versions.filter(({ createdAtMs }) => createdAtMs <= latestMs);
  }

  /** In quotes, as Google's are. */
  #nextEtag(): string {
    this.#revision += 1;
    return `"${(0x16000000000000 + this.#revision).toString(16)}"`;
  }
}

function versionNotFound(name: string, version: string): ApiError {
  return new ApiError('NOT_FOUND', `Secret Version [${name}/versions/${version}] not found.`);
}

/** Without an etag of the caller's nothing is compared. The text of the refusal is not documented. */
function checkEtag(current: { readonly etag: string }, etag: string | undefined): void {
  if (!etag || etag === current.etag) return;
  throw new ApiError(
    'FAILED_PRECONDITION',
    `The provided etag ${etag} does not match the current etag ${current.etag}.`,
  );
}
