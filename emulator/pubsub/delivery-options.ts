import { invalidArgument } from '../http/api-error.ts';
import type { Message } from '../http/message.ts';

export const deliveryShape = {
  /** Of a push: `raw` as Pub/Sub sends it, `binary` or `structured` as a CloudEvent, as Eventarc does. */
  format: 'string',
  /** Where a push subscription without an endpoint of its own is pushed to; empty is nowhere. */
  pushEndpoint: 'string',
  /** Holds every push back. */
  paused: 'bool',
  /** Instead of every subscription's retry policy. */
  minimumBackoffMs: 'number',
  maximumBackoffMs: 'number',
  /** Instead of every subscription's ack deadline. */
  ackDeadlineMs: 'number',
  /** The share of messages, from 0 to 1, that a subscription gets twice. */
  duplicateRate: 'number',
  /** A message waits a random part of this before it is delivered first, so that messages overtake one another. */
  reorderMs: 'number',
} as const;

/** What a test may do to Pub/Sub's deliveries; none of it is Google's. */
export type DeliveryOptions = Message<typeof deliveryShape>;

const formats = ['raw', 'binary', 'structured'];

/** Throws INVALID_ARGUMENT that says what is wrong. */
export function checkDeliveryOptions(options: DeliveryOptions): void {
  const { format, pushEndpoint, duplicateRate = 0, ...rest } = options;
  if (format !== undefined && !formats.includes(format))
    throw invalidArgument(`format: "${format}" is none of ${formats.join(', ')}`);
  if (pushEndpoint) checkEndpoint(pushEndpoint);
  if (!(duplicateRate >= 0 && duplicateRate <= 1))
    throw invalidArgument(`duplicateRate: ${duplicateRate} is not between 0 and 1`);
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === 'number' && !(value >= 0)) throw invalidArgument(`${name}: ${value} is below 0`);
  }
}

/** Google demands https; a local endpoint has none. */
export function checkEndpoint(endpoint: string): void {
  const url = URL.parse(endpoint);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return;
  throw invalidArgument(
    `Invalid push endpoint given (endpoint=${endpoint.slice(0, 256)}). Refer to https://cloud.google.com/pubsub/docs/push for more information.`,
  );
}
