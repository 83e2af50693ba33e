import { CountersignError } from '../errors.ts';
import type { BatchResult } from '../generated/types.ts';
import { answers, findWrongToken } from './check-result.ts';
import type { BatchMessage } from './message.ts';
import { parseResult } from './parse-result.ts';
import { rpcCodeOf } from './rpc-code.ts';

/** What of Google's SecretManagerServiceClient is used: that client is one, over gRPC or REST. */
export interface SecretReader {
  /** Answers with the versions of the secret `projects/PROJECT/secrets/SECRET`, as the first of an array. */
  listSecretVersions(request: { parent: string }): Promise<readonly unknown[]>;
  /** Answers with one version and its payload, as the first of an array. */
  accessSecretVersion(request: { name: string }): Promise<readonly unknown[]>;
}

/** A version this much older than the batch can't be its result, whatever the clocks say. */
const marginMs = 600_000;
/** google.rpc.Code NOT_FOUND: no such version. FAILED_PRECONDITION: disabled or destroyed. */
const notFound = 5;
const failedPrecondition = 9;
/** HTTP statuses of INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED and UNAUTHENTICATED. */
const lastingStatus = new Map([
  [3, 400],
  [notFound, 404],
  [7, 403],
  [16, 401],
]);
/** How many versions past the last one listed are looked for one by one. */
const maxUnlisted = 1000;

/** Versions that were found to answer another batch: what a version holds never changes, so each is read once. */
const othersOf = new WeakMap<BatchMessage, Set<number>>();

/**
 * The effective result of the batch in its secret, or undefined while there is none: of the versions that answer it
 * the one with the lowest number. Lists lag behind and may have gaps, access by number has neither; so what the list
 * lacks is asked for by number. Rejects with `invalid_response` where the only answers have a token for another
 * audience than was asked, and with `network_error` where Secret Manager does not answer.
 */
export async function readResult(
  message: BatchMessage,
  client: SecretReader,
): Promise<BatchResult | undefined> {
  if (!('secret' in message.deliverTo))
    throw new TypeError('readResult reads secrets; use ReplyCollector for a topic');
  const { secret } = message.deliverTo;
  const [listed] = await client.listSecretVersions({ parent: secret }).catch((cause: unknown) => {
    throw failure('The versions of the secret could not be listed', cause);
  });
  const { first, last, closed } = survey(listed as ListedVersion[], message.builtAt.getTime() - marginMs);
  const others = othersOf.get(message) ?? new Set<number>();
  othersOf.set(message, others);
  let wrong: CountersignError | undefined;
  for (let number = first; number <= last + maxUnlisted; number += 1) {
    if (closed.has(number) || others.has(number)) continue;
    const { result, isMissing } = await access(client, secret, number);
    if (isMissing && number > last) break;
    if (!result) continue;
    if (!answers(message, result)) {
      others.add(number);
      continue;
    }
    const fault = findWrongToken(message, result);
    if (fault === undefined) return result;
    wrong ??= fault;
  }
  if (wrong) throw wrong;
  return undefined;
}

/** Where to look: from the first version that is not too old, past the last one listed, but not at those closed. */
function survey(listed: readonly ListedVersion[], oldestMs: number) {
  let [first, last] = [1, 0];
  const closed = new Set<number>();
  for (const { name, createTime, state } of listed) {
    const number = Number(name?.split('/').at(-1));
    last = Math.max(last, number);
    // Numbers are given in the order of creation: what is below an old one is older still.
    if (Number(createTime?.seconds ?? 0) * 1000 < oldestMs) first = Math.max(first, number + 1);
    if (state !== 'ENABLED' && state !== 1) closed.add(number);
  }
  return { first, last, closed };
}

/** Lasting where Google's answer is: then there is no use in looking again. */
function failure(what: string, cause: unknown): CountersignError {
  return new CountersignError('network_error', what, {
    cause,
    status: lastingStatus.get(rpcCodeOf(cause) ?? 0),
  });
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
): Promise<{ isMissing: boolean; result: BatchResult | undefined }> {
  let payload: { data?: Uint8Array | string | null } | null | undefined;
  try {
    const [version] = await client.accessSecretVersion({ name: `${secret}/versions/${number}` });
    payload = (version as { payload?: typeof payload }).payload;
  } catch (cause) {
    const code = rpcCodeOf(cause);
    if (code === notFound) return { isMissing: true, result: undefined };
    if (code === failedPrecondition) return { isMissing: false, result: undefined };
    throw failure('A version of the secret could not be read', cause);
  }
  try {
    const data = payload?.data ?? '';
    const text = typeof data === 'string' ? atob(data) : new TextDecoder().decode(data);
    return { isMissing: false, result: parseResult(text) };
  } catch {
    // Not a result: whoever else writes to the secret.
    return { isMissing: false, result: undefined };
  }
}
