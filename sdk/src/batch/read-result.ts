import { CountersignError } from '../errors.ts';
import type { BatchResult } from '../generated/types.ts';
import { answers, checkAudiences } from './check-result.ts';
import type { BatchMessage } from './message.ts';

/** What of Google's SecretManagerServiceClient is used. */
export interface SecretReader {
  listSecretVersions(request: { parent: string }): Promise<readonly unknown[]>;
  accessSecretVersion(request: { name: string }): Promise<readonly unknown[]>;
}

/** A version this much older than the batch can't be its result, whatever the clocks say. */
const marginMs = 600_000;
/** google.rpc.Code NOT_FOUND: past the last version. FAILED_PRECONDITION: disabled or destroyed. */
const notFound = 5;
const failedPrecondition = 9;
/** How many versions past the last one listed are looked for one by one. */
const maxUnlisted = 1000;

/**
 * The effective result of the batch in its secret, or undefined while there is none: of the versions that answer it
 * the one with the lowest number. Lists lag behind, access by number does not; so what the list lacks is asked for
 * by number. Rejects with `invalid_response` where a token is for another audience than was asked.
 */
export async function readResult(
  message: BatchMessage,
  client: SecretReader,
): Promise<BatchResult | undefined> {
  if (!('secret' in message.deliverTo))
    throw new TypeError('readResult reads secrets; use ReplyCollector for a topic');
  const { secret } = message.deliverTo;
  const [listed] = await client.listSecretVersions({ parent: secret });
  const versions = (listed as ListedVersion[]).map(({ name, createTime, state }) => ({
    number: Number(name?.split('/').at(-1)),
    createdMs: Number(createTime?.seconds ?? 0) * 1000,
    isEnabled: state === 'ENABLED' || state === 1,
  }));
  const oldestMs = message.builtAt.getTime() - marginMs;
  const last = Math.max(0, ...versions.map(({ number }) => number));
  const recent = versions.filter(({ createdMs, isEnabled }) => isEnabled && createdMs >= oldestMs);
  for (const { number } of recent.sort((a, b) => a.number - b.number)) {
    const found = await access(client, secret, number);
    if (found.result && answers(message, found.result)) return checkAudiences(message, found.result);
  }
  for (let number = last + 1; number <= last + maxUnlisted; number += 1) {
    const found = await access(client, secret, number);
    if (found.isPastEnd) return undefined;
    if (found.result && answers(message, found.result)) return checkAudiences(message, found.result);
  }
  return undefined;
}

interface ListedVersion {
  name?: string | null;
  createTime?: { seconds?: unknown } | null;
  state?: unknown;
}

async function access(
  client: SecretReader,
  secret: string,
  number: number,
): Promise<{ isPastEnd: boolean; result: BatchResult | undefined }> {
  let payload: { data?: Uint8Array | string | null } | null | undefined;
  try {
    const [version] = await client.accessSecretVersion({ name: `${secret}/versions/${number}` });
    payload = (version as { payload?: typeof payload }).payload;
  } catch (cause) {
    const { code } = Object(cause);
    if (code === notFound) return { isPastEnd: true, result: undefined };
    if (code === failedPrecondition) return { isPastEnd: false, result: undefined };
    throw new CountersignError('network_error', 'A version of the secret could not be read', { cause });
  }
  try {
    const data = payload?.data ?? '';
    const text = typeof data === 'string' ? atob(data) : new TextDecoder().decode(data);
    return { isPastEnd: false, result: JSON.parse(text) };
  } catch {
    // Not a result: whoever else writes to the secret.
    return { isPastEnd: false, result: undefined };
  }
}
