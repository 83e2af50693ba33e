import { parseMessage } from '../http/message.ts';
import { cutPage } from '../http/page.ts';
import { type Answer, json } from '../http/route.ts';
import type { Context } from './context.ts';
import type { Subscription } from './subscription.ts';
import {
  checkPushConfig,
  modifyPushShape,
  parseSubscription,
  subscriptionShape,
  subscriptionToJson,
} from './subscription-config.ts';
import { pageSizes } from './topic-methods.ts';

export function createSubscription({ pubsub, request, name }: Context): Answer {
  const config = parseSubscription(name, parseMessage(subscriptionShape, request.body));
  return json(subscriptionToJson(pubsub.createSubscription(config).config));
}

export function getSubscription({ pubsub, name }: Context): Answer {
  return json(subscriptionToJson(pubsub.subscription(name).config));
}

export function listSubscriptions({ pubsub, request: { query } }: Context): Answer {
  const key = ({ config }: Subscription) => config.name;
  const { items, ...rest } = cutPage(pubsub.subscriptions(), query, { key, ...pageSizes });
  const subscriptions = items.map(({ config }) => subscriptionToJson(config));
  return json({ ...(items.length > 0 && { subscriptions }), ...rest });
}

export function deleteSubscription({ pubsub, name }: Context): Answer {
  pubsub.deleteSubscription(name);
  return json({});
}

export function modifyPushConfig({ pubsub, request, name }: Context): Answer {
  const { pushConfig = {} } = parseMessage(modifyPushShape, request.body);
  checkPushConfig(pushConfig);
  pubsub.changePush(name, { pushConfig });
  return json({});
}
