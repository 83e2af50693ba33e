import { setTimeout as wait } from 'node:timers/promises';
import type { Cloud } from '../cloud/cloud.ts';
import { signIdToken } from '../cloud/id-token.ts';
import type { Faults } from '../traffic/faults.ts';
import type { Delivery } from './backlog.ts';
import type { PushLog } from './push-log.ts';
import { buildPush, type PushOutcome, PushSender } from './push-request.ts';
import type { Subscription } from './subscription.ts';

interface PusherOptions {
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly log: PushLog;
}

/** How many pushes of one subscription are under way at once. */
const maxInFlight = 100;

/**
 * Pushes the messages of every subscription that has an endpoint. Its state is how many pushes of each are under
 * way, and the one timer for what becomes ready later.
 */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #sender = new PushSender();
  readonly #inFlight = new Map<Subscription, number>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: PusherOptions) {
    this.#options = options;
    options.cloud.pubsub.onChange(() => queueMicrotask(() => this.#run()));
  }

  /** Ends what is under way; nothing is pushed afterwards. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#sender.close();
  }

  #run(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    const { pubsub } = this.#options.cloud;
    if (pubsub.delivery().paused) return;
    const waits: number[] = [];
    for (const subscription of pubsub.subscriptions()) {
      const { endpoint, backlog } = subscription;
      if (!endpoint) continue;
      const free = maxInFlight - (this.#inFlight.get(subscription) ?? 0);
      const deliveries = backlog.lease(free, Number.POSITIVE_INFINITY);
      for (const delivery of deliveries) void this.#push(subscription, endpoint, delivery);
      const nextMs = backlog.nextInMs();
      if (nextMs !== undefined && free > deliveries.length) waits.push(nextMs);
    }
    if (waits.length === 0) return;
    this.#timer = setTimeout(() => this.#run(), Math.min(...waits));
    this.#timer.unref();
  }

  async #push(subscription: Subscription, endpoint: string, delivery: Delivery): Promise<void> {
    this.#count(subscription, 1);
    const { log, cloud } = this.#options;
    const timeMs = cloud.clock.nowMs();
    const outcome = await this.#attempt(subscription, endpoint, delivery);
    this.#count(subscription, -1);
    // What ends after a reset belongs to nothing that is still there.
    if (!cloud.pubsub.subscriptions().includes(subscription)) return;
    const { backlog, config } = subscription;
    if (outcome.acknowledged) backlog.acknowledge(delivery.ackId);
    else backlog.modifyDeadline(delivery.ackId, 0);
    log.add({
      time: new Date(timeMs).toISOString(),
      subscription: config.name,
      messageId: delivery.message.messageId,
      deliveryAttempt: delivery.attempt,
      ...outcome,
    });
    this.#run();
  }

  /** A fault with a status stands for the endpoint's answer; one that cuts the connection loses its answer. */
  async #attempt(subscription: Subscription, endpoint: string, delivery: Delivery): Promise<PushOutcome> {
    const { cloud, faults } = this.#options;
    const fault = faults.take('push', 'pubsub-push');
    if (fault?.latencyMs) await wait(fault.latencyMs, undefined, { ref: false });
    if (fault?.status !== undefined) return { status: fault.status, acknowledged: false };
    const { name, topic, deadLetterPolicy } = subscription.config;
    const format = cloud.pubsub.delivery().format ?? 'raw';
    const tellsAttempt = deadLetterPolicy !== undefined;
    const { headers, body } = buildPush({ delivery, subscription: name, topic, format, tellsAttempt });
    const authorization = await this.#authorization(subscription, endpoint);
    const push = { endpoint, headers: { ...pushHeaders, ...headers, ...authorization }, body };
    const outcome = await this.#sender.send(push, subscription.ackDeadlineMs);
    const isLost = fault?.resetAfterBytes !== undefined || fault?.closeAfterBytes !== undefined;
    return isLost ? { status: null, acknowledged: false } : outcome;
  }

  /** The OIDC token of the push account, whose audience is the endpoint unless the subscription names one. */
  async #authorization(subscription: Subscription, endpoint: string): Promise<Record<string, string>> {
    const { cloud } = this.#options;
    const { serviceAccountEmail = '', audience } = subscription.config.pushConfig.oidcToken ?? {};
    const account = cloud.serviceAccounts.find(serviceAccountEmail);
    if (!account) return {};
    const token = await signIdToken(cloud, account, { audience: audience || endpoint, includeEmail: true });
    return { authorization: `Bearer ${token}` };
  }

  #count(subscription: Subscription, change: number): void {
    const count = (this.#inFlight.get(subscription) ?? 0) + change;
    if (count === 0) this.#inFlight.delete(subscription);
    else this.#inFlight.set(subscription, count);
  }
}

const pushHeaders = {
  accept: 'application/json',
  from: 'noreply@google.com',
  'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
};
