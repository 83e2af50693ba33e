import { invalidArgument } from '../http/api-error.ts';
import { parseDuration } from '../http/duration.ts';
import type { Message } from '../http/message.ts';
import { checkEndpoint } from './delivery-options.ts';
import { checkRange } from './message.ts';

const pushConfigShape = {
  pushEndpoint: 'string',
  attributes: { '*': 'string' },
  oidcToken: { serviceAccountEmail: 'string', audience: 'string' },
  pubsubWrapper: {},
  noWrapper: 'value',
} as const;

export const modifyPushShape = { pushConfig: pushConfigShape } as const;

export const subscriptionShape = {
  name: 'string',
  topic: 'string',
  pushConfig: pushConfigShape,
  ackDeadlineSeconds: 'int64',
  messageRetentionDuration: 'string',
  labels: { '*': 'string' },
  enableMessageOrdering: 'bool',
  deadLetterPolicy: { deadLetterTopic: 'string', maxDeliveryAttempts: 'int64' },
  retryPolicy: { minimumBackoff: 'string', maximumBackoff: 'string' },
  expirationPolicy: 'value',
  // Fields of Google's that this emulator does not play; an empty one is as good as none.
  filter: 'value',
  enableExactlyOnceDelivery: 'value',
  bigqueryConfig: 'value',
  cloudStorageConfig: 'value',
  retainAckedMessages: 'value',
} as const;

export type SubscriptionMessage = Message<typeof subscriptionShape>;
export type PushConfig = Message<typeof pushConfigShape>;

/** A subscription as it was asked for, with Google's defaults filled in. */
export interface SubscriptionConfig {
  readonly name: string;
  readonly topic: string;
  readonly pushConfig: PushConfig;
  readonly ackDeadlineSeconds: number;
  readonly retentionSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly enableMessageOrdering: boolean;
  readonly retryPolicy?: { readonly minimumSeconds: number; readonly maximumSeconds: number };
  readonly deadLetterPolicy?: { readonly deadLetterTopic: string; readonly maxDeliveryAttempts: number };
}

const maxBackoffSeconds = 600;
const weekSeconds = 7 * 24 * 3600;
const monthSeconds = 31 * 24 * 3600;
const unplayed = [
  ...(['filter', 'enableExactlyOnceDelivery', 'bigqueryConfig'] as const),
  ...(['cloudStorageConfig', 'retainAckedMessages'] as const),
];

/** Holds a subscription against the ranges of pubsub.proto. Throws INVALID_ARGUMENT. */
export function parseSubscription(name: string, message: SubscriptionMessage): SubscriptionConfig {
  for (const field of unplayed) {
    if (message[field]) throw invalidArgument(`The emulator does not play ${field}; leave it out.`);
  }
  const { topic = '', pushConfig = {}, labels = {}, enableMessageOrdering = false } = message;
  const ackDeadlineSeconds = message.ackDeadlineSeconds || 10;
  checkRange('ack_deadline_seconds', ackDeadlineSeconds, 10, 600);
  checkPushConfig(pushConfig);
  const retentionText = message.messageRetentionDuration ?? `${weekSeconds}s`;
  const retentionSeconds = parseDuration('message_retention_duration', retentionText);
  checkRange('message_retention_duration', retentionSeconds, 600, monthSeconds);
  return {
    ...{ name, topic, pushConfig, ackDeadlineSeconds, retentionSeconds, labels, enableMessageOrdering },
    ...(message.retryPolicy && { retryPolicy: parseRetryPolicy(message.retryPolicy) }),
    ...(message.deadLetterPolicy && { deadLetterPolicy: parseDeadLetterPolicy(message.deadLetterPolicy) }),
  };
}

/** Throws INVALID_ARGUMENT for an endpoint that is no URL, or what the emulator does not play. */
export function checkPushConfig({ pushEndpoint, noWrapper, oidcToken }: PushConfig): void {
  if (noWrapper) throw invalidArgument('The emulator does not play push_config.no_wrapper; leave it out.');
  if (pushEndpoint) checkEndpoint(pushEndpoint);
  if (oidcToken && !oidcToken.serviceAccountEmail)
    throw invalidArgument('Field [oidc_token.service_account_email] is required.');
}

/** As Google's REST API shows it. */
export function subscriptionToJson(config: SubscriptionConfig): object {
  const { retentionSeconds, retryPolicy, labels, enableMessageOrdering, ...rest } = config;
  return {
    ...rest,
    messageRetentionDuration: `${retentionSeconds}s`,
    expirationPolicy: { ttl: `${monthSeconds}s` },
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(enableMessageOrdering && { enableMessageOrdering }),
    ...(retryPolicy && {
      retryPolicy: {
        minimumBackoff: `${retryPolicy.minimumSeconds}s`,
        maximumBackoff: `${retryPolicy.maximumSeconds}s`,
      },
    }),
    state: 'ACTIVE',
  };
}

function parseRetryPolicy({
  minimumBackoff = '10s',
  maximumBackoff = '600s',
}: NonNullable<SubscriptionMessage['retryPolicy']>) {
  const minimumSeconds = parseDuration('retry_policy.minimum_backoff', minimumBackoff);
  const maximumSeconds = parseDuration('retry_policy.maximum_backoff', maximumBackoff);
  checkRange('minimum_backoff', minimumSeconds, 0, maxBackoffSeconds);
  checkRange('maximum_backoff', maximumSeconds, minimumSeconds, maxBackoffSeconds);
  return { minimumSeconds, maximumSeconds };
}

function parseDeadLetterPolicy(policy: NonNullable<SubscriptionMessage['deadLetterPolicy']>) {
  const { deadLetterTopic = '' } = policy;
  const maxDeliveryAttempts = policy.maxDeliveryAttempts || 5;
  checkRange('max_delivery_attempts', maxDeliveryAttempts, 5, 100);
  return { deadLetterTopic, maxDeliveryAttempts };
}
