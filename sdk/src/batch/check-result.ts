import { CountersignError } from '../errors.ts';
import type { BatchEntry, BatchResult } from '../generated/types.ts';
import { decodeJwt } from '../jwt.ts';
import type { BatchMessage } from './message.ts';

/** Whether the result is of this batch: of its requestId, and with an entry for each of its items or one problem. */
export function answers(message: BatchMessage, result: BatchResult): boolean {
  if (result?.requestId !== message.requestId) return false;
  if (result.results === undefined) return result.problem !== undefined;
  const ids = new Set(result.results.map(({ id }) => id));
  return ids.size === message.requests.length && message.requests.every(({ id }) => ids.has(id));
}

/** The result, once each token in it is for the audience that was asked. Throws `invalid_response`. */
export function checkAudiences(message: BatchMessage, result: BatchResult): BatchResult {
  const asked = new Map(message.requests.map(({ id, claims }) => [id, audienceKey(claims.aud)]));
  for (const { id, token } of result.results ?? []) {
    if (token !== undefined && audienceKey(audienceOf(token)) === asked.get(id)) continue;
    if (token === undefined && problemOf(result, id)) continue;
    throw new CountersignError('invalid_response', `Item ${id} came back with a token for another audience`);
  }
  return result;
}

function problemOf({ results = [] }: BatchResult, id: string): BatchEntry['problem'] {
  return results.find((entry) => entry.id === id)?.problem;
}

function audienceOf(token: string): unknown {
  try {
    return decodeJwt(token).claims.aud;
  } catch {
    return undefined;
  }
}

function audienceKey(aud: unknown): string {
  return JSON.stringify([aud].flat());
}
