import { CountersignError } from '../errors.ts';
import type { BatchResult } from '../generated/types.ts';
import { decodeJwt } from '../jwt.ts';
import type { BatchMessage } from './message.ts';

/** Whether the result is of this batch: of its requestId, and with an entry for each of its items or one problem. */
export function answers(message: BatchMessage, result: BatchResult): boolean {
  if (result.requestId !== message.requestId) return false;
  if (result.results === undefined) return result.problem !== undefined;
  const ids = new Set(result.results.map(({ id }) => id));
  return ids.size === message.requests.length && message.requests.every(({ id }) => ids.has(id));
}

/** What is wrong with a result that answers the batch: an item with a token for another audience than was asked. */
export function findWrongToken(message: BatchMessage, result: BatchResult): CountersignError | undefined {
  const asked = new Map(message.requests.map(({ id, claims }) => [id, audienceKey(claims.aud)]));
  for (const { id, token, problem } of result.results ?? []) {
    if (token === undefined ? problem : audienceKey(audienceOf(token)) === asked.get(id)) continue;
    return new CountersignError('invalid_response', `Item ${id} came back with a token for another audience`);
  }
  return undefined;
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
