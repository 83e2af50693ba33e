import { DeliveryFailure, type SecretStore, type SecretVersionMetadata } from '../issuance/delivery-ports.ts';
import type { Deadline } from '../issuance/ports.ts';

/** Tokens live at most 12 hours; an hour more, and nobody can need the version. */
const maxAgeMilliseconds = 13 * 3_600_000;
/** An event destroys at most so many: the project may write 600 times a minute in all. */
const maxDestroyed = 10;

/**
 * Destroys the secret's oldest versions, those 13 hours older than the one that was just added: both times are Secret
 * Manager's, so that a wrong clock here destroys nothing that is needed. Destroyed, not only disabled: a disabled
 * version is billed, and can be enabled again. Answers their numbers, and what kept it from destroying all, if anything.
 */
export async function destroyOldVersions(
  store: SecretStore,
  secret: string,
  added: SecretVersionMetadata,
  until: Deadline,
): Promise<{ destroyed: number[]; leftBecause: string | undefined }> {
  const destroyed: number[] = [];
  try {
    const versions = await store.versionsOf(secret, until);
    const old = versions.filter((version) => isOld(version, added)).sort((a, b) => a.number - b.number);
    for (const { number } of old.slice(0, maxDestroyed)) {
      await store.destroyVersion(secret, number, until);
      destroyed.push(number);
    }
    return { destroyed, leftBecause: undefined };
  } catch (error) {
    if (!(error instanceof DeliveryFailure)) throw error;
    return { destroyed, leftBecause: error.reason };
  }
}

function isOld(
  { createdAt, isDestroyed, number }: SecretVersionMetadata,
  added: SecretVersionMetadata,
): boolean {
  if (isDestroyed || number >= added.number) return false;
  if (createdAt === undefined || added.createdAt === undefined) return false;
  return added.createdAt.getTime() - createdAt.getTime() > maxAgeMilliseconds;
}
