import type { ClaimRequest } from '../generated/types.ts';
import type { ReplyJwk } from './reply-keys.ts';

/** One item of a batch: a claim request, and an id by which the result tells it. */
export interface BatchItem extends ClaimRequest {
  /** 1 to 128 characters; no two items of a batch have the same. */
  id: string;
}

/**
 * Where the result goes: `projects/PROJECT/secrets/SECRET`, as a new version of that secret, or
 * `projects/PROJECT/topics/TOPIC`, encrypted for the public key. The binding has to list it (`deliverTo`).
 */
export type DeliverTo = { secret: string } | { topic: string; jwk: ReplyJwk };

/** What a batch is asked with. */
export interface BatchOptions {
  /**
   * Names the batch, in 1 to 128 visible ASCII characters: one with the same name has no second effect. A UUID
   * where left out.
   */
  requestId?: string | undefined;
  /** Until when tokens are wanted; an hour from now where left out, at most 24. */
  notAfter?: Date | undefined;
  /** 1 to 1,000 claim requests; one that is refused does not fail the others. */
  requests: readonly BatchItem[];
  /** Where the result goes. */
  deliverTo: DeliverTo;
}

/** A batch as it was asked for; keep it, for the result is held against it. */
export interface BatchMessage {
  /** The batch's name: its result has the same. */
  readonly requestId: string;
  /** Until when tokens are wanted; later the result is a problem. */
  readonly notAfter: Date;
  /** When the message was built: a much older version of the secret is not looked at. */
  readonly builtAt: Date;
  /** What was asked for. */
  readonly requests: readonly BatchItem[];
  /** Where the result goes. */
  readonly deliverTo: DeliverTo;
  /** What to publish as the data of one Pub/Sub message. */
  readonly data: Uint8Array;
}

const maxItems = 1000;
/** Pub/Sub takes messages of 10 MB in all. */
const maxBytes = 9_900_000;
const hourMs = 3_600_000;

/** Builds and checks the message that asks for a batch. Throws a TypeError for one that could never succeed. */
export function buildBatchMessage(options: BatchOptions): BatchMessage {
  const builtAt = new Date();
  const {
    requestId = globalThis.crypto.randomUUID(),
    notAfter = new Date(builtAt.getTime() + hourMs),
    requests,
    deliverTo,
  } = options;
  if (!/^[!-~]{1,128}$/.test(requestId))
    throw new TypeError('requestId must be 1 to 128 visible ASCII characters');
  const aheadMs = notAfter.getTime() - builtAt.getTime();
  if (!(aheadMs > 0 && aheadMs <= 24 * hourMs))
    throw new TypeError('notAfter must be within 24 hours from now');
  checkRequests(requests);
  checkDelivery(deliverTo);
  const text = JSON.stringify({
    requestId,
    notAfter: Math.floor(notAfter.getTime() / 1000),
    requests,
    deliverTo,
  });
  const data = new TextEncoder().encode(text);
  if (data.length > maxBytes)
    throw new TypeError(`The batch takes ${data.length} bytes; a message has ${maxBytes}`);
  // The items as they are sent, whatever becomes of the given array: the result is held against them.
  return { requestId, notAfter, builtAt, requests: JSON.parse(text).requests, deliverTo, data };
}

function checkRequests(requests: readonly BatchItem[]): void {
  if (!(requests?.length >= 1 && requests.length <= maxItems))
    throw new TypeError(`requests must be 1 to ${maxItems} items, not ${requests?.length}`);
  const ids = new Set(requests.map(({ id }) => id));
  if (ids.size < requests.length) throw new TypeError('Each item needs an id of its own');
  for (const { id, claims } of requests) {
    if (typeof id !== 'string' || id === '' || id.length > 128)
      throw new TypeError('An id has 1 to 128 characters');
    if (!claims?.aud || claims.aud.length === 0) throw new TypeError(`Item ${id} needs claims.aud`);
  }
}

function checkDelivery(deliverTo: DeliverTo): void {
  const { secret, topic, jwk } = Object(deliverTo);
  if (secret !== undefined) {
    if (/^projects\/[^/]+\/secrets\/[\w-]+$/.test(secret)) return;
    throw new TypeError(`deliverTo.secret must be projects/PROJECT/secrets/SECRET, not ${secret}`);
  }
  if (!/^projects\/[^/]+\/topics\/[^/]+$/.test(topic)) {
    throw new TypeError(`deliverTo.topic must be projects/PROJECT/topics/TOPIC, not ${topic}`);
  }
  if (!jwk?.kty || 'd' in jwk || 'k' in jwk) {
    throw new TypeError(
      'deliverTo.jwk must be a public key: the one that createReplyKeys gives as publicJwk',
    );
  }
}
