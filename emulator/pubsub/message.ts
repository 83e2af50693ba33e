import { invalidArgument } from '../http/api-error.ts';
import type { Message } from '../http/message.ts';

/** google.pubsub.v1.PubsubMessage; `data` may be empty where there are attributes. */
export interface PubsubMessage {
  readonly messageId: string;
  readonly publishTimeMs: number;
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
  /** Empty without one. */
  readonly orderingKey: string;
}

/** What a publisher gives of a message. */
export type Draft = Omit<PubsubMessage, 'messageId' | 'publishTimeMs'>;

export const messageShape = {
  data: 'bytes',
  attributes: { '*': 'string' },
  orderingKey: 'string',
  messageId: 'string',
  publishTime: 'string',
} as const;

/** The limits of cloud.google.com/pubsub/quotas. */
const maxMessages = 1000;
const maxRequestBytes = 10_000_000;
const maxAttributes = 100;
const maxKeyBytes = 256;
const maxValueBytes = 1024;

const seeQuotas =
  'Refer to https://cloud.google.com/pubsub/quotas for more information about message limits.';

/** Reads the messages of a publish request. Throws INVALID_ARGUMENT for what breaks a limit. */
export function parseDrafts(messages: readonly Message<typeof messageShape>[]): Draft[] {
  checkRange('message_count', messages.length, 1, maxMessages);
  const drafts = messages.map(({ data = Buffer.of(), attributes = {}, orderingKey = '' }) => ({
    data,
    attributes,
    orderingKey,
  }));
  drafts.forEach(checkDraft);
  const size = drafts.reduce((total, draft) => total + sizeOf(draft), 0);
  checkRange('request_size', size, 0, maxRequestBytes);
  return drafts;
}

/** A message as REST, push and the request log show it; what is empty is left out. */
export function messageToJson({ messageId, publishTimeMs, data, attributes, orderingKey }: PubsubMessage): {
  readonly [name: string]: unknown;
} {
  return {
    ...(data.length > 0 && { data: data.toString('base64') }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    messageId,
    publishTime: new Date(publishTimeMs).toISOString(),
    ...(orderingKey && { orderingKey }),
  };
}

/** Google's words for a number out of its range. */
export function checkRange(name: string, value: number, minimum: number, maximum: number): void {
  const too = value > maximum ? 'large' : 'small';
  if (value >= minimum && value <= maximum) return;
  const bound = value > maximum ? `maximum value is ${maximum}` : `minimum value is ${minimum}`;
  throw invalidArgument(
    `The value for ${name} is too ${too}. You passed ${value} in the request, but the ${bound}.`,
  );
}

function checkDraft({ data, attributes, orderingKey }: Draft): void {
  const entries = Object.entries(attributes);
  if (data.length === 0 && entries.length === 0) {
    throw invalidArgument(
      `One or more messages in the publish request is empty. Each message must contain either non-empty data, or at least one attribute. ${seeQuotas}`,
    );
  }
  checkRange('attribute_count', entries.length, 0, maxAttributes);
  for (const [key, value] of entries) {
    if (key === '' || /^goog(?!client_)/.test(key))
      throw invalidArgument(`The attribute key "${key.slice(0, 64)}" is invalid.`);
    const which = 'One of the attributes in the request has a';
    checkLength(`${which} key that`, key, maxKeyBytes);
    checkLength(`${which} value that`, value, maxValueBytes);
  }
  checkLength('The ordering key', orderingKey, maxValueBytes);
}

function checkLength(subject: string, text: string, maximum: number): void {
  const length = Buffer.byteLength(text);
  if (length <= maximum) return;
  throw invalidArgument(
    `${subject} is too long. The length is ${length} characters, but the maximum allowed is ${maximum}. ${seeQuotas}`,
  );
}

function sizeOf({ data, attributes, orderingKey }: Draft): number {
  const texts = [orderingKey, ...Object.entries(attributes).flat()];
  return texts.reduce((size, text) => size + Buffer.byteLength(text), data.length);
}
