import { hash } from 'node:crypto';
import type { BatchItem, BatchMessage, ProblemFault } from '../contract/generated/types.ts';
import { validateBatchMessage } from '../contract/generated/validators.js';
import { Problem } from '../contract/problem.ts';
import { canonicalJson } from '../tokens/canonical-json.ts';
import { fault } from '../tokens/fault.ts';
import { type JsonResult, parseJson } from '../tokens/parse-json.ts';
import { toFaults } from '../tokens/schema-faults.ts';
import type { PushedMessage } from './event.ts';
import { parseReplyKey, type ReplyKey } from './reply-key.ts';

/** Where the message asks to have its result. */
export type Destination = { secret: string } | { topic: string; key: ReplyKey };

export interface BatchItemRequest {
  id: string;
  /** The claim request, with the faults of its JSON; their pointers start at the item. */
  json: JsonResult;
  /** Bytes of the claim request. */
  size: number;
}

/** A message, as far as it could be read: `problem` is there where the batch as a whole is at fault. */
export interface ParsedMessage {
  requestId: string;
  /** The resource to deliver to, for the records; undefined where none could be read. */
  resource: string | undefined;
  destination: Destination | undefined;
  problem: Problem | undefined;
  items: BatchItemRequest[];
  notAfter: number;
  /** Tells this batch's items from those of another with the same requestId. */
  digest: string;
}

const defaultLifeSeconds = 3600;
const maxLifeSeconds = 86_400;
const itemPointer = /^\/requests\/(\d+)(\/.*)?$/;

/** Parses and checks the message's data, or its attributes where it has none. `now` is a NumericDate. */
export async function parseMessage(message: PushedMessage, now: number): Promise<ParsedMessage> {
  const json = message.data === undefined ? fromAttributes(message.attributes) : fromData(message.data);
  const value = json.isCutShort ? outlineOf(json.value) : json.value;
  const given: Partial<BatchMessage> = typeof value === 'object' && value !== null ? value : {};
  // What was not read to its end may hide any fault of any item.
  const isOwnFault = ({ pointer }: ProblemFault) => json.isCutShort || !itemPointer.test(pointer);
  const faults = json.faults.filter(isOwnFault);
  if (value !== undefined && !validateBatchMessage(value)) {
    faults.push(...toFaults(validateBatchMessage.errors ?? [], value));
  }
  const publishedAt = message.publishedAt ?? now;
  const notAfter = given.notAfter ?? publishedAt + defaultLifeSeconds;
  if (Number.isInteger(notAfter) && notAfter > publishedAt + maxLifeSeconds) {
    const expected = `at most ${publishedAt + maxLifeSeconds}`;
    faults.push(fault('/notAfter', notAfter, expected, 'A batch lives a day at most, as its message does.'));
  }
  faults.push(...findRepeatedIds(given.requests));
  const isNamed =
    typeof given.requestId === 'string' && !faults.some(({ pointer }) => pointer === '/requestId');
  const destination = await readDestination(given.deliverTo, faults);
  return {
    requestId: isNamed ? String(given.requestId) : message.messageId,
    resource: destination && ('secret' in destination ? destination.secret : destination.topic),
    destination,
    problem: faults.length === 0 ? undefined : toProblem(faults),
    items: faults.length === 0 ? toItems(given.requests ?? [], json.faults) : [],
    notAfter,
    digest: hash(
      'sha256',
      json.isCutShort ? String(message.data) : canonicalJson(given.requests ?? []),
      'base64url',
    ).slice(0, 16),
  };
}

/** As much of a message as tells where its refusal goes, with nothing in it that nests. */
function outlineOf(value: unknown): object {
  const { requestId, deliverTo } = Object(value);
  const { secret, topic, jwk } = Object(deliverTo);
  const to = { ...stringsOf({ secret, topic }), ...(jwk !== undefined && { jwk: stringsOf(Object(jwk)) }) };
  return { ...stringsOf({ requestId }), requests: [{ id: '1' }], deliverTo: to };
}

function stringsOf(from: object): object {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => typeof value === 'string'));
}

function fromData(data: string): JsonResult {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(data)) return unreadable('data that is not base64');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'));
    return parseJson(text);
  } catch {
    return unreadable('data that is not UTF-8');
  }
}

/** A message of attributes alone is a batch of one. */
function fromAttributes({ aud, deliverTo = '', requestId }: Record<string, string>): JsonResult {
  if (aud === undefined) return unreadable('neither data nor the attribute aud');
  const isSecret = /^projects\/[^/]+\/secrets\//.test(deliverTo);
  const value = {
    ...(requestId !== undefined && { requestId }),
    requests: [{ id: '1', claims: { aud } }],
    deliverTo: isSecret ? { secret: deliverTo } : { topic: deliverTo },
  };
  return { value, faults: [] };
}

function unreadable(actual: string): JsonResult {
  const hint = 'Send a batch message as JSON, or the attributes aud and deliverTo.';
  return { value: undefined, faults: [{ ...fault('', undefined, 'a batch message', hint), actual }] };
}

function findRepeatedIds(requests: unknown): ProblemFault[] {
  if (!Array.isArray(requests)) return [];
  const seen = new Set<unknown>();
  for (const [index, item] of requests.entries()) {
    const id: unknown = item?.id;
    if (seen.has(id)) {
      return [fault(`/requests/${index}/id`, id, 'an id of its own', 'The result tells items by their ids.')];
    }
    seen.add(id);
  }
  return [];
}

async function readDestination(given: unknown, faults: ProblemFault[]): Promise<Destination | undefined> {
  if (
    given === undefined ||
    faults.some(({ pointer }) => pointer === '' || pointer.startsWith('/deliverTo'))
  ) {
    return undefined;
  }
  const { secret, topic, jwk } = given as { secret?: string; topic?: string; jwk?: Record<string, unknown> };
  if (secret !== undefined) return { secret };
  const key = await parseReplyKey(jwk ?? {});
  if (!('fault' in key)) return { topic: topic ?? '', key };
  const expected = 'a public key: P-256, or RSA of 2048 to 4096 bits';
  const hint = 'Make one with createReplyKeys of countersign/batch.';
  faults.push({ ...fault('/deliverTo/jwk', undefined, expected, hint), actual: key.fault });
  return undefined;
}

/** Faults of an item's JSON, such as a member named twice, stay with that item. */
function toItems(requests: BatchItem[], faults: ProblemFault[]): BatchItemRequest[] {
  const items = requests.map(({ id, ...request }) => ({
    id,
    json: { value: request as unknown, faults: [] as ProblemFault[] },
    size: Buffer.byteLength(JSON.stringify(request)),
  }));
  for (const each of faults) {
    const [, index, pointer = ''] = itemPointer.exec(each.pointer) ?? [];
    items[Number(index)]?.json.faults.push({ ...each, pointer });
  }
  return items;
}

function toProblem(faults: ProblemFault[]): Problem {
  const places = faults.map(({ pointer }) => pointer || 'the message').join(', ');
  const detail = `Faults at ${places.slice(0, 400)}. Mend what errors lists.`;
  return new Problem('invalid_request', detail, { errors: faults.slice(0, 20) });
}
