import type { BatchEntry, BatchResult, ClaimsSet } from '../contract/generated/types.ts';

/** Secret Manager's limit of a payload. */
export const maxSecretBytes = 64 * 1024;

/** More than a JWS header of RS256 with a kid takes, and than the entry's other members do. */
const headerLength = 160;
const memberLength = 128;
/** base64url of a signature by a key of 2048 bits, which Google's system-managed keys have. */
const signatureLength = 342;

/** An upper bound of the bytes that an item's entry takes once its claims set is signed. */
export function estimateEntryBytes(id: string, claims: ClaimsSet): number {
  const payload = Math.ceil((Buffer.byteLength(JSON.stringify(claims)) * 4) / 3);
  return Buffer.byteLength(JSON.stringify(id)) + memberLength + headerLength + payload + signatureLength;
}

/**
 * The result as the bytes to deliver. Where it is longer than `maxBytes`, its problems give up first their `errors`,
 * then their `detail`; undefined where that is not enough.
 */
export function encodeResult(result: BatchResult, maxBytes: number): Buffer | undefined {
  for (const shorten of [keep, withoutErrors, withoutDetail]) {
    const data = Buffer.from(JSON.stringify(shorten(result)));
    if (data.length <= maxBytes) return data;
  }
  return undefined;
}

const keep = (result: BatchResult) => result;
const withoutErrors = (result: BatchResult) => changeProblems(result, { errors: undefined });
const withoutDetail = (result: BatchResult) => changeProblems(result, { errors: undefined, detail: '' });

function changeProblems(result: BatchResult, change: { errors: undefined; detail?: string }): object {
  const changed = (entry: BatchEntry) =>
    entry.problem === undefined ? entry : { ...entry, problem: { ...entry.problem, ...change } };
  return { ...result, results: result.results?.map(changed) };
}
