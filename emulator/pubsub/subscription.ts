import type { Clock } from '../cloud/clock.ts';
import { Backlog } from './backlog.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import type { Draft, PubsubMessage } from './message.ts';
import type { SubscriptionConfig } from './subscription-config.ts';

interface Surroundings {
  readonly clock: Clock;
  readonly delivery: () => DeliveryOptions;
  /** False where there is no such topic, or Pub/Sub may not publish there. */
  readonly publishDead: (topic: string, draft: Draft) => boolean;
}

/** Of a push subscription without a retry policy (docs, "push backoff"). */
const pushBackoff = { minimumSeconds: 0.1, maximumSeconds: 60 };

/** Refusals of a pull without a retry policy come again at once. */
const noBackoff = { minimumSeconds: 0, maximumSeconds: 0 };

/** One subscription: its config, which may change, and the messages that wait in it. */
export class Subscription {
  config: SubscriptionConfig;
  readonly backlog: Backlog;
  readonly #around: Surroundings;

  constructor(config: SubscriptionConfig, around: Surroundings) {
    this.config = config;
    this.#around = around;
    this.backlog = new Backlog({
      isOrdered: () => this.config.enableMessageOrdering,
      backoffMs: (failures) => this.#backoffMs(failures),
      takeDead: (message, failures) => this.#takeDead(message, failures),
      isPast: ({ publishTimeMs }) =>
        publishTimeMs + this.config.retentionSeconds * 1000 < around.clock.nowMs(),
    });
  }

  change(change: Partial<SubscriptionConfig>): void {
    this.config = { ...this.config, ...change };
  }

  /** Takes a message of the topic, twice or late where deliveries are disturbed. */
  add(message: PubsubMessage): void {
    const { duplicateRate = 0, reorderMs = 0 } = this.#around.delivery();
    const copies = Math.random() < duplicateRate ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.backlog.add(message, Math.random() * reorderMs);
  }

  /** Where its messages are pushed to; undefined where they wait to be pulled, or for an endpoint. */
  get endpoint(): string | undefined {
    const { pushEndpoint, oidcToken } = this.config.pushConfig;
    return pushEndpoint || (oidcToken && this.#around.delivery().pushEndpoint) || undefined;
  }

  get ackDeadlineMs(): number {
    return this.#around.delivery().ackDeadlineMs ?? this.config.ackDeadlineSeconds * 1000;
  }

  #backoffMs(failures: number): number {
    const { minimumBackoffMs, maximumBackoffMs } = this.#around.delivery();
    const policy = this.config.retryPolicy ?? (this.endpoint ? pushBackoff : noBackoff);
    const minimumMs = minimumBackoffMs ?? policy.minimumSeconds * 1000;
    const maximumMs = maximumBackoffMs ?? Math.max(minimumMs, policy.maximumSeconds * 1000);
    return Math.min(maximumMs, minimumMs * 2 ** (failures - 1));
  }

  /** Forwards to the dead-letter topic what failed often enough, with the attributes that Google adds. */
  #takeDead(message: PubsubMessage, failures: number): boolean {
    const { deadLetterPolicy, name } = this.config;
    if (!deadLetterPolicy || failures < deadLetterPolicy.maxDeliveryAttempts) return false;
    const [, project = '', , id = ''] = name.split('/');
    const attributes = {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(failures),
      CloudPubSubDeadLetterSourceSubscription: id,
      CloudPubSubDeadLetterSourceSubscriptionProject: project,
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(message.publishTimeMs).toISOString(),
    };
    const { data, orderingKey } = message;
    return this.#around.publishDead(deadLetterPolicy.deadLetterTopic, { data, orderingKey, attributes });
  }
}
