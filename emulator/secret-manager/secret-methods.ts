import { invalidArgument } from '../http/api-error.ts';
import { type Message, parseMessage } from '../http/message.ts';
import { cutPage } from '../http/page.ts';
import { type Answer, json } from '../http/route.ts';
import type { Context } from './context.ts';
import type { Secret } from './secret.ts';
import { checkSecretId, checkValues } from './secret-rules.ts';
import { secretToJson } from './to-json.ts';

const secretShape = {
  name: 'string',
  createTime: 'string',
  replication: { automatic: {}, userManaged: 'value' },
  labels: { '*': 'string' },
  annotations: { '*': 'string' },
  versionAliases: { '*': 'int64' },
  etag: 'string',
  // Fields of Google's that this emulator does not play; an empty one is as good as none.
  topics: ['value'],
  tags: { '*': 'string' },
  expireTime: 'value',
  ttl: 'value',
  rotation: 'value',
  versionDestroyTtl: 'value',
  customerManagedEncryption: 'value',
  secretType: 'value',
} as const;

type SecretMessage = Message<typeof secretShape>;

const unplayed = [
  ...(['topics', 'tags', 'expireTime', 'ttl', 'rotation', 'versionDestroyTtl'] as const),
  ...(['customerManagedEncryption', 'secretType'] as const),
];

const pageSizes = { defaultSize: 25_000, maxSize: 25_000 };

export function createSecret({ secrets, request }: Context): Answer {
  const id = request.query.get('secretId') ?? '';
  checkSecretId(id);
  const message = parseSecret(request.body);
  const { replication, labels = {}, annotations = {}, versionAliases = {} } = message;
  if (!replication?.automatic) {
    throw invalidArgument('Field [secret.replication] is required; this emulator knows `automatic` alone.');
  }
  const values = { labels, annotations, versionAliases, replication: { automatic: {} } };
  checkValues(values, 0);
  return json(secretToJson(secrets.create(id, values), secrets.nameOf(id)));
}

export function getSecret({ secrets, id }: Context): Answer {
  return json(secretToJson(secrets.read(id), secrets.nameOf(id)));
}

export function listSecrets({ secrets, request: { query } }: Context): Answer {
  refuseFilter(query);
  const all = secrets.list();
  const { items, nextPageToken } = cutPage(all, query, { key: (secret: Secret) => secret.id, ...pageSizes });
  return json({
    ...(items.length > 0 && {
      secrets: items.map((secret) => secretToJson(secret, secrets.nameOf(secret.id))),
    }),
    ...(nextPageToken !== undefined && { nextPageToken }),
    totalSize: all.length,
  });
}

/** Changes what `updateMask` names and nothing else; with an etag only where it is the current one. */
export function updateSecret({ secrets, request, id }: Context): Answer {
  const mask = request.query.get('updateMask') ?? '';
  const { labels = {}, annotations = {}, versionAliases = {}, etag } = parseSecret(request.body);
  const given = { labels, annotations, versionAliases };
  const values = Object.fromEntries(updatedPaths(mask).map((path) => [path, given[path]]));
  checkValues(values, secrets.versionCount(id));
  return json(secretToJson(secrets.update(id, values, etag), secrets.nameOf(id)));
}

export function deleteSecret({ secrets, request, id }: Context): Answer {
  secrets.delete(id, request.query.get('etag') ?? undefined);
  return json({});
}

/** Filters are left out; to ignore one would be worse than to refuse it. */
export function refuseFilter(query: URLSearchParams): void {
  if (query.get('filter')) throw invalidArgument('The emulator does not filter lists; leave `filter` out.');
}

function parseSecret(body: Buffer): SecretMessage {
  const message = parseMessage(secretShape, body);
  for (const name of unplayed) {
    const value = message[name];
    if (value === undefined || (typeof value === 'object' && Object.keys(value as object).length === 0))
      continue;
    throw invalidArgument(`The emulator does not play secret.${name}; leave it out.`);
  }
  return message;
}

const updatable = ['labels', 'annotations', 'versionAliases'] as const;

function updatedPaths(mask: string): (typeof updatable)[number][] {
  const paths = mask.split(',').filter(Boolean);
  if (paths.length === 0) throw invalidArgument('Field [update_mask] is required.');
  return paths.map((path) => {
    const camel = path.trim().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const found = updatable.find((name) => name === camel);
    if (!found)
      throw invalidArgument(`Path [${path}] of the update mask is none of ${updatable.join(', ')}.`);
    return found;
  });
}
