import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, invalidArgument } from '../http/api-error.ts';
import { parseMessage } from '../http/message.ts';
import { type Answer, json } from '../http/route.ts';
import type { Delivery } from './backlog.ts';
import type { Context } from './context.ts';
import { messageToJson } from './message.ts';
import type { Subscription } from './subscription.ts';

const maxMessagesAtOnce = 1000;

/** A pull of an empty subscription waits a bounded time; Google does not say how long. */
const maxWaitMs = 1000;
const pollMs = 20;

const pullShape = { maxMessages: 'int64', returnImmediately: 'bool' } as const;

/** Hands out messages that are ready; each comes again unless it is acknowledged within the ack deadline. */
export async function pull({ pubsub, request, name }: Context): Promise<Answer> {
  const { maxMessages = 0, returnImmediately = false } = parseMessage(pullShape, request.body);
  if (maxMessages < 1) {
    throw invalidArgument('You have passed an invalid argument to the service (argument=max_messages).');
  }
  const untilMs = performance.now() + (returnImmediately ? 0 : maxWaitMs);
  for (;;) {
    const deliveries = takeSome(pubsub.subscription(name), Math.min(maxMessages, maxMessagesAtOnce));
    if (deliveries.length > 0 || performance.now() >= untilMs)
      return json(toJson(deliveries, pubsub.subscription(name)));
    await wait(pollMs, undefined, { ref: false });
  }
}

export function acknowledge({ pubsub, request, name }: Context): Answer {
  const { ackIds = [] } = parseMessage({ ackIds: ['string'] } as const, request.body);
  const { backlog } = pubsub.subscription(name);
  for (const ackId of checkAckIds(ackIds)) backlog.acknowledge(ackId);
  return json({});
}

const modifyShape = { ackIds: ['string'], ackDeadlineSeconds: 'int64' } as const;

/** Zero seconds hand the message back. */
export function modifyAckDeadline({ pubsub, request, name }: Context): Answer {
  const { ackIds = [], ackDeadlineSeconds = 0 } = parseMessage(modifyShape, request.body);
  const { backlog } = pubsub.subscription(name);
  if (ackDeadlineSeconds < 0 || ackDeadlineSeconds > 600) {
    throw invalidArgument(
      `Invalid ack deadline given (ack_deadline=${ackDeadlineSeconds}). The ack deadline must be between 0 and 600 seconds.`,
    );
  }
  for (const ackId of checkAckIds(ackIds)) backlog.modifyDeadline(ackId, ackDeadlineSeconds * 1000);
  return json({});
}

function takeSome(subscription: Subscription, maxMessages: number): Delivery[] {
  if (subscription.endpoint) {
    throw new ApiError('FAILED_PRECONDITION', 'This subscription is pushed; it cannot be pulled.');
  }
  return subscription.backlog.lease(maxMessages, subscription.ackDeadlineMs);
}

function checkAckIds(ackIds: readonly string[]): readonly string[] {
  if (ackIds.length === 0) throw invalidArgument('You have not specified an ack ID in the request.');
  for (const ackId of ackIds) {
    if (!/^emulator-\d+$/.test(ackId))
      throw invalidArgument(
        `You have passed an invalid ack ID to the service (ack_id=${ackId.slice(0, 64)}).`,
      );
  }
  return ackIds;
}

function toJson(deliveries: readonly Delivery[], { config }: Subscription): object {
  if (deliveries.length === 0) return {};
  const tellsAttempt = config.deadLetterPolicy !== undefined;
  const receivedMessages = deliveries.map(({ ackId, message, attempt }) => ({
    ackId,
    message: messageToJson(message),
    ...(tellsAttempt && { deliveryAttempt: attempt }),
  }));
  return { receivedMessages };
}
