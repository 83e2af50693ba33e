import { setTimeout } from 'node:timers/promises';
import { Problem } from '../contract/problem.ts';
import { DeliveryFailure, type SecretMetadata, type SecretStore } from '../issuance/delivery-ports.ts';
import type { Deadline } from '../issuance/ports.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import { destroyOldVersions } from './destroy-old-versions.ts';
import { type Note, readNote, withNote } from './notes.ts';
import { encodeResult, maxSecretBytes } from './result.ts';

const maxTries = 5;
const pauseMilliseconds = 100;
/** The batch is done by then: nobody waits long for the tidying up. */
const destroyingMilliseconds = 5_000;

/** Opens a secret to deliver to. @throws DeliveryFailure */
export async function openSecret(
  store: SecretStore,
  secret: string,
  now: () => number,
  deadline: Deadline,
): Promise<DeliveryTarget> {
  const opened = await store.metadataOf(secret, deadline);
  const annotations = new NotedAnnotations(store, secret, now, opened);
  return {
    delivery: { secret, label: opened.labels.countersign },
    maxBytes: maxSecretBytes,
    noteOf: (name) => readNote(opened.annotations, name, now()),
    claim: (name, claim, until) =>
      annotations.write(name, (found) => (found === undefined ? claim : 'keep'), until),
    async deliver(name, done, result, until) {
      const data = encodeResult(result, maxSecretBytes);
      if (data === undefined) throw new Problem('internal', 'The result is longer than was reckoned.');
      const added = await store.addVersion(secret, data, until);
      const version = added.number;
      // A lower number that another event has noted is the effective result, and stays noted.
      const finish = (found: Note | undefined) =>
        found?.state === 'done' && found.version < version ? 'keep' : { ...done, version };
      // From here on the result is delivered, whatever becomes of the rest: a repeat is the reader's to drop.
      await persistently(() => annotations.write(name, finish, until));
      const tidyUntil = Math.min(until, performance.now() + destroyingMilliseconds);
      return { version, ...(await destroyOldVersions(store, secret, added, tidyUntil)) };
    },
    async release(name, { owner }, until) {
      const drop = (found: Note | undefined) =>
        found?.state === 'busy' && found.owner === owner ? undefined : 'keep';
      await persistently(() => annotations.write(name, drop, until));
    },
  };
}

/** The notes in a secret's annotations. State: what the secret said last, undefined where that is not known. */
class NotedAnnotations {
  readonly #store: SecretStore;
  readonly #secret: string;
  readonly #now: () => number;
  #known: SecretMetadata | undefined;

  constructor(store: SecretStore, secret: string, now: () => number, known: SecretMetadata) {
    this.#store = store;
    this.#secret = secret;
    this.#now = now;
    this.#known = known;
  }

  /**
   * Writes what `change` makes of the note, with the etag that was read, and looks again where another event wrote in
   * between. False where the note is to be kept as it is. @throws DeliveryFailure
   */
  async write(
    name: string,
    change: (found: Note | undefined) => Note | undefined | 'keep',
    until: Deadline,
  ): Promise<boolean> {
    for (let tries = 1; tries <= maxTries; tries += 1) {
      const { annotations, etag } = this.#known ?? (await this.#store.metadataOf(this.#secret, until));
      const changed = change(readNote(annotations, name, this.#now()));
      if (changed === 'keep') return false;
      // Whether a write that fails was done is not known; the answer to one that does not is newer than any reading.
      this.#known = undefined;
      const next = withNote(annotations, name, changed, this.#now());
      this.#known = await this.#store.annotate(this.#secret, next, etag, until);
      if (this.#known !== undefined) return true;
      await setTimeout(Math.random() * pauseMilliseconds * tries);
    }
    throw new DeliveryFailure('other events write the secret’s annotations', false);
  }
}

/** Tries for a moment: a note left as it is would hold every repeat of the batch up until the claim ends. */
async function persistently(work: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof DeliveryFailure)) throw error;
      await setTimeout(pauseMilliseconds * tries);
    }
  }
}
