import { Problem } from '../contract/problem.ts';
import { parseJson } from '../tokens/parse-json.ts';

/** One Pub/Sub message as it was pushed (google.pubsub.v1.PubsubMessage), in whichever form it came. */
export interface PushedMessage {
  messageId: string;
  /** When it was published, a NumericDate; undefined where the push does not say. */
  publishedAt: number | undefined;
  /** Base64; undefined where there is none. */
  data: string | undefined;
  attributes: Record<string, string>;
  /** The CloudEvent's source, where it is one that says so in its body. */
  source: string | undefined;
}

/**
 * Reads the body of a push: raw Pub/Sub push, and the same as the data of a CloudEvent, binary (its attributes are
 * headers) or structured (CloudEvents HTTP protocol binding 3.1 and 3.2).
 * @throws Problem `invalid_request`
 */
export function readEvent(body: Buffer): PushedMessage {
  const outer = asObject(parseJson(body.toString('utf8')).value);
  const isStructured = typeof outer?.specversion === 'string';
  const inner = isStructured ? asObject(dataOf(outer)) : outer;
  const message = asObject(inner?.message);
  const messageId = message?.messageId ?? message?.message_id;
  if (message === undefined || typeof messageId !== 'string' || messageId === '') {
    throw new Problem('invalid_request', 'The body is no push of a Pub/Sub message.');
  }
  const publishTime = message.publishTime ?? message.publish_time;
  // JSON may hold an object here, whose conversion to text throws where it has a toString of its own.
  const publishedAt = typeof publishTime === 'string' ? Date.parse(publishTime) / 1000 : Number.NaN;
  return {
    messageId: messageId.slice(0, 128),
    publishedAt: Number.isFinite(publishedAt) ? Math.floor(publishedAt) : undefined,
    data: typeof message.data === 'string' && message.data !== '' ? message.data : undefined,
    attributes: stringsOf(message.attributes),
    source: isStructured ? (typeof outer.source === 'string' ? outer.source : '') : undefined,
  };
}

function dataOf(event: Record<string, unknown>): unknown {
  if (typeof event.data_base64 !== 'string') return event.data;
  return parseJson(Buffer.from(event.data_base64, 'base64').toString('utf8')).value;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function stringsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(asObject(value) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
