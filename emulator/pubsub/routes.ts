import type { Cloud } from '../cloud/cloud.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { readPolicy, writePolicy } from '../iam/policy-methods.ts';
import { testPermissions } from '../iam/test-permissions.ts';
import { openContext, type PubsubMethod, pubsubResource } from './context.ts';
import { acknowledge, modifyAckDeadline, pull } from './pull-methods.ts';
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  modifyPushConfig,
} from './subscription-methods.ts';
import {
  createTopic,
  deleteTopic,
  getTopic,
  listTopicSubscriptions,
  listTopics,
  publish,
} from './topic-methods.ts';

const project = '^/v1/projects/(?<project>[^/]+)';
const topic = `${project}/(?<kind>topics)/(?<id>[^/:]+)`;
const subscription = `${project}/(?<kind>subscriptions)/(?<id>[^/:]+)`;

/** Ten million bytes of data in base64, and what stands around them; the method itself counts the bytes. */
const maxPublishBytes = 20_971_520;

/** As faults and the request log know it, HTTP method, path, rpc, permission, and what it does. */
type Method = readonly [string, Route['method'], string, string, string, PubsubMethod];

const methods: readonly Method[] = [
  ['topics.create', 'PUT', topic, 'Publisher.CreateTopic', 'topics.create', createTopic],
  ['topics.get', 'GET', topic, 'Publisher.GetTopic', 'topics.get', getTopic],
  ['topics.list', 'GET', `${project}/topics`, 'Publisher.ListTopics', 'topics.list', listTopics],
  ['topics.delete', 'DELETE', topic, 'Publisher.DeleteTopic', 'topics.delete', deleteTopic],
  ['topics.publish', 'POST', `${topic}:publish`, 'Publisher.Publish', 'topics.publish', publish],
  [
    'topics.subscriptions.list',
    'GET',
    `${topic}/subscriptions`,
    'Publisher.ListTopicSubscriptions',
    'topics.attachSubscription',
    listTopicSubscriptions,
  ],
  [
    'subscriptions.create',
    'PUT',
    subscription,
    'Subscriber.CreateSubscription',
    'subscriptions.create',
    createSubscription,
  ],
  [
    'subscriptions.get',
    'GET',
    subscription,
    'Subscriber.GetSubscription',
    'subscriptions.get',
    getSubscription,
  ],
  [
    'subscriptions.list',
    'GET',
    `${project}/subscriptions`,
    'Subscriber.ListSubscriptions',
    'subscriptions.list',
    listSubscriptions,
  ],
  [
    'subscriptions.delete',
    'DELETE',
    subscription,
    'Subscriber.DeleteSubscription',
    'subscriptions.delete',
    deleteSubscription,
  ],
  [
    'subscriptions.modifyPushConfig',
    'POST',
    `${subscription}:modifyPushConfig`,
    'Subscriber.ModifyPushConfig',
    'subscriptions.update',
    modifyPushConfig,
  ],
  consume('pull', pull),
  consume('acknowledge', acknowledge),
  consume('modifyAckDeadline', modifyAckDeadline),
  ...policyMethods('topics', topic),
  ...policyMethods('subscriptions', subscription),
];

/** Pub/Sub API v1 (google/pubsub/v1/pubsub.proto). */
export function pubsubRoutes(cloud: Cloud): Route[] {
  const routes = methods.map(([api, method, path, rpc, permission, respond]) => ({
    api,
    method,
    path: new RegExp(`${path}$`),
    maxBodyBytes: api === 'topics.publish' ? maxPublishBytes : undefined,
    handle: (request: ApiRequest) =>
      respond(openContext(cloud, request, { rpc, permission, ofProject: api.endsWith('.create') })),
  }));
  const tests = [topic, subscription].map((path) => ({
    api: 'pubsub.testIamPermissions',
    method: 'POST' as const,
    path: new RegExp(`${path}:testIamPermissions$`),
    handle: (request: ApiRequest) => testPermissions(cloud, request, pubsubResource(request)),
  }));
  return [...routes, ...tests];
}

function consume(verb: string, respond: PubsubMethod): Method {
  const rpc = `Subscriber.${verb[0]?.toUpperCase()}${verb.slice(1)}`;
  return [`subscriptions.${verb}`, 'POST', `${subscription}:${verb}`, rpc, 'subscriptions.consume', respond];
}

function policyMethods(kind: string, path: string): Method[] {
  const [get, set] = [`${kind}.getIamPolicy`, `${kind}.setIamPolicy`];
  return [
    [get, 'GET', `${path}:getIamPolicy`, 'IAMPolicy', get, ({ cloud, name }) => readPolicy(cloud, name)],
    [
      set,
      'POST',
      `${path}:setIamPolicy`,
      'IAMPolicy',
      set,
      ({ cloud, name, request }) => writePolicy(cloud, name, request.body),
    ],
  ];
}
