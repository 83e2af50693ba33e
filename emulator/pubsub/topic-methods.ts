import { parseMessage } from '../http/message.ts';
import { cutPage } from '../http/page.ts';
import { type Answer, json } from '../http/route.ts';
import type { Context } from './context.ts';
import { messageShape, parseDrafts } from './message.ts';
import type { Topic } from './pubsub.ts';

const topicShape = { name: 'string', labels: { '*': 'string' } } as const;

export const pageSizes = { defaultSize: 100, maxSize: 1000 };

export function createTopic({ pubsub, request, name }: Context): Answer {
  const { labels = {} } = parseMessage(topicShape, request.body);
  return json(topicToJson(pubsub.createTopic({ name, labels })));
}

export function getTopic({ pubsub, name }: Context): Answer {
  return json(topicToJson(pubsub.topic(name)));
}

export function listTopics({ pubsub, request: { query } }: Context): Answer {
  const key = (topic: Topic) => topic.name;
  const { items, ...rest } = cutPage(pubsub.topics(), query, { key, ...pageSizes });
  return json({ ...(items.length > 0 && { topics: items.map(topicToJson) }), ...rest });
}

export function listTopicSubscriptions({ pubsub, request: { query }, name }: Context): Answer {
  pubsub.topic(name);
  const names = pubsub
    .subscriptions()
    .filter(({ config }) => config.topic === name)
    .map(({ config }) => config.name);
  const { items, ...rest } = cutPage(names, query, { key: (each: string) => each, ...pageSizes });
  return json({ ...(items.length > 0 && { subscriptions: items }), ...rest });
}

export function deleteTopic({ pubsub, name }: Context): Answer {
  pubsub.deleteTopic(name);
  return json({});
}

export function publish({ pubsub, request, name }: Context): Answer {
  const { messages = [] } = parseMessage({ messages: [messageShape] } as const, request.body);
  pubsub.topic(name);
  return json({ messageIds: pubsub.publish(name, parseDrafts(messages)) });
}

function topicToJson({ name, labels }: Topic): object {
  return { name, ...(Object.keys(labels).length > 0 && { labels }) };
}
