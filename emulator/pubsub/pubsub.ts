import type { Clock } from '../cloud/clock.ts';
import type { Policies } from '../cloud/policies.ts';
import { ApiError } from '../http/api-error.ts';
import { checkDeliveryOptions, type DeliveryOptions } from './delivery-options.ts';
import type { Draft } from './message.ts';
import { Subscription } from './subscription.ts';
import type { SubscriptionConfig } from './subscription-config.ts';

export interface Topic {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface PubSubOptions {
  readonly clock: Clock;
  readonly policies: Policies;
  readonly projectNumber: string;
}

/** What a subscription's `topic` says once its topic is deleted (pubsub.proto). */
export const deletedTopic = '_deleted-topic_';

/**
 * The topics and subscriptions by their full names. Its state is them, the messages that wait in each subscription,
 * and how deliveries are disturbed. Message ids are never used again, not even after a reset.
 */
export class PubSub {
  readonly #clock: Clock;
  readonly #policies: Policies;
  /** Pub/Sub's own service agent, which forwards to dead-letter topics. */
  readonly #agent: string;
  readonly #listeners: (() => void)[] = [];
  #topics = new Map<string, Topic>();
  #subscriptions = new Map<string, Subscription>();
  #delivery: DeliveryOptions = {};
  #nextMessageId = 1_000_000_000_000_000;

  constructor({ clock, policies, projectNumber }: PubSubOptions) {
    this.#clock = clock;
    this.#policies = policies;
    this.#agent = `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  }

  /** Forgets everything but these, which hold no messages. */
  load(
    topics: readonly string[],
    subscriptions: readonly SubscriptionConfig[],
    delivery: DeliveryOptions,
  ): void {
    for (const { backlog } of this.#subscriptions.values()) backlog.clear();
    this.#topics = new Map(topics.map((name) => [name, { name, labels: {} }]));
    this.#subscriptions = new Map();
    this.#delivery = {};
    this.setDelivery(delivery);
    for (const config of subscriptions) this.createSubscription(config);
  }

  /** Calls back whenever there may be something to deliver that there was not before. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  delivery(): DeliveryOptions {
    return this.#delivery;
  }

  setDelivery(change: DeliveryOptions): void {
    checkDeliveryOptions(change);
    this.#delivery = { ...this.#delivery, ...change };
    this.#changed();
  }

  createTopic(topic: Topic): Topic {
    if (this.#topics.has(topic.name)) throw alreadyExists(topic.name);
    this.#topics.set(topic.name, topic);
    return topic;
  }

  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (!topic) throw notFound(name);
    return topic;
  }

  topics(): Topic[] {
    return [...this.#topics.values()];
  }

  /** Its subscriptions stay, with the messages that they hold. */
  deleteTopic(name: string): void {
    this.topic(name);
    this.#topics.delete(name);
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.config.topic === name) subscription.change({ topic: deletedTopic });
    }
  }

  createSubscription(config: SubscriptionConfig): Subscription {
    this.topic(config.topic);
    if (config.deadLetterPolicy) this.topic(config.deadLetterPolicy.deadLetterTopic);
    if (this.#subscriptions.has(config.name)) throw alreadyExists(config.name);
    const subscription = new Subscription(config, {
      clock: this.#clock,
      delivery: () => this.#delivery,
      publishDead: (topic, draft) => this.#publishDead(config.name, topic, draft),
    });
    this.#subscriptions.set(config.name, subscription);
    return subscription;
  }

  subscription(name: string): Subscription {
    const subscription = this.#subscriptions.get(name);
    if (!subscription) throw notFound(name);
    return subscription;
  }

  subscriptions(): Subscription[] {
    return [...this.#subscriptions.values()];
  }

  deleteSubscription(name: string): void {
    this.subscription(name).backlog.clear();
    this.#subscriptions.delete(name);
  }

  /** Hands the messages to every subscription of the topic; answers their ids. */
  publish(topic: string, drafts: readonly Draft[]): string[] {
    this.topic(topic);
    const publishTimeMs = this.#clock.nowMs();
    const messages = drafts.map((draft) => {
      this.#nextMessageId += 1;
      return { ...draft, messageId: String(this.#nextMessageId), publishTimeMs };
    });
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.config.topic !== topic) continue;
      for (const message of messages) subscription.add(message);
    }
    this.#changed();
    return messages.map(({ messageId }) => messageId);
  }

  changePush(name: string, change: Pick<SubscriptionConfig, 'pushConfig'>): void {
    this.subscription(name).change(change);
    this.#changed();
  }

  /** "Publisher on the dead-letter topic and subscriber on the subscription" (docs); without them the message stays. */
  #publishDead(subscription: string, topic: string, draft: Draft): boolean {
    const mayForward =
      this.#policies.allows(this.#agent, 'pubsub.subscriptions.consume', subscription) &&
      this.#policies.allows(this.#agent, 'pubsub.topics.publish', topic);
    if (!mayForward || !this.#topics.has(topic)) return false;
    this.publish(topic, [draft]);
    return true;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function notFound(name: string): ApiError {
  return new ApiError('NOT_FOUND', `Resource not found (resource=${name.split('/').at(-1)}).`);
}

function alreadyExists(name: string): ApiError {
  const resource = name.split('/').at(-1);
  return new ApiError('ALREADY_EXISTS', `Resource already exists in the project (resource=${resource}).`);
}
