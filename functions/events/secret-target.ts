import { setTimeout } from 'node:timers/promises';
import { Problem } from '../contract/problem.ts';
import { DeliveryFailure, type SecretMetadata, type SecretStore } from '../issuance/delivery-ports.ts';
import type { Deadline } from '../issuance/ports.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import { type Note, readNote, withNote } from './notes.ts';
import { encodeResult, maxSecretBytes } from './result.ts';

/** Tokens live at most 12 hours; an hour more, and nobody can need the version. */
const maxAgeSeconds = 13 * 3600;
/** An event destroys at most so many: the project may write 600 times a minute in all. */
const maxDestroyed = 10;
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
  let metadata = await store.metadataOf(secret, deadline);
  let isFresh = true;
  /** Writes with the etag that was read, and reads again where another event wrote in between. */
  const note = async (
    name: string,
    change: (found: SecretMetadata) => Note | undefined | 'keep',
    until: Deadline,
  ) => {
    for (let tries = 1; tries <= maxTries; tries += 1) {
      // Read before it is needed, not after it was written: what is written counts, whether it can be read or not.
      if (!isFresh) metadata = await store.metadataOf(secret, until);
      isFresh = true;
      const changed = change(metadata);
      if (changed === 'keep') return false;
      const annotations = withNote(metadata.annotations, name, changed, now());
      isFresh = false;
      if (await store.annotate(secret, annotations, metadata.etag, until)) return true;
    }
    throw new DeliveryFailure('other events write the secret’s annotations', false);
  };
  return {
    delivery: { secret, label: metadata.labels.countersign },
    maxBytes: maxSecretBytes,
    noteOf: (name) => readNote(metadata.annotations, name, now()),
    claim: (name, busy, until) =>
      note(
        name,
        ({ annotations }) => (readNote(annotations, name, now()) === undefined ? busy : 'keep'),
        until,
      ),
    async deliver(name, done, result, until) {
      const data = encodeResult(result, maxSecretBytes);
      if (data === undefined) throw new Problem('internal', 'The result is longer than was reckoned.');
      const version = await store.addVersion(secret, data, until);
      // From here on the result is delivered, whatever becomes of the rest: a repeat is the reader's to drop.
      await persistently(() => note(name, () => ({ ...done, version }), until));
      const tidyUntil = Math.min(until, performance.now() + destroyingMilliseconds);
      await destroyOld(store, secret, now(), tidyUntil).catch(ignoreFailure);
      return version;
    },
    async release(name, claim, until) {
      const withdraw = ({ annotations }: SecretMetadata) =>
        readNote(annotations, name, now())?.until === claim.until ? undefined : 'keep';
      await persistently(async () => {
        isFresh = false;
        await note(name, withdraw, until);
        return true;
      });
    },
  };
}

/** Tries for a moment: a note left as it is would hold every repeat of the batch up until the event's end. */
async function persistently(work: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    if (await work().catch(ignoreFailure)) return;
    await setTimeout(pauseMilliseconds * tries);
  }
}

/** Destroyed, not only disabled: a disabled version is billed, and can be enabled again. */
async function destroyOld(store: SecretStore, secret: string, now: number, until: Deadline): Promise<void> {
  const versions = await store.versionsOf(secret, until);
  const old = versions.filter(
    ({ createdAt, isDestroyed }) => !isDestroyed && createdAt.getTime() / 1000 < now - maxAgeSeconds,
  );
  for (const { number } of old.slice(-maxDestroyed)) await store.destroyVersion(secret, number, until);
}

function ignoreFailure(error: unknown): undefined {
  if (!(error instanceof DeliveryFailure)) throw error;
  return undefined;
}
