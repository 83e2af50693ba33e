import type { Cloud } from '../cloud/cloud.ts';
import type { ServiceAccount } from '../cloud/service-accounts.ts';
import type { Answer, ApiRequest, Route } from '../http/route.ts';
import { html, metadataJson, refuse, text } from './answer.ts';
import { identityToken, TokenCache } from './tokens.ts';
import { findEntry, isDirectory, listDirectory, metadataTree, toRecursive } from './tree.ts';

const root = '/computeMetadata/v1';
const accounts = `^${root}/instance/service-accounts/(?<account>[^/]+)`;

/** The metadata server of the identity whose port was asked. */
export function metadataRoutes(cloud: Cloud): Route[] {
  const tokens = new TokenCache(cloud);
  return [
    route('metadata.token', `${accounts}/token/?$`, (request) =>
      withAccount(cloud, request, (account) => tokens.answer(account, request)),
    ),
    route('metadata.identity', `${accounts}/identity/?$`, (request) =>
      withAccount(cloud, request, (account) => identityToken(cloud, account, request)),
    ),
    route('metadata', `^${root}(?<entry>/.*)?$`, (request) => browse(cloud, request)),
    // Google's Python client pings the root to learn whether a metadata server is there.
    route('metadata', '^/(computeMetadata/?)?$', ({ path }) =>
      text(path === '/' ? 'computeMetadata/\n' : 'v1/\n'),
    ),
  ];
}

function route(api: string, path: string, handle: Route['handle']): Route {
  return {
    api,
    method: 'GET',
    path: new RegExp(path),
    handle: (request) => refuse(request) ?? handle(request),
  };
}

/** The account in the path must be the one that the instance runs as, by its e-mail or as `default`. */
function withAccount(
  cloud: Cloud,
  request: ApiRequest,
  answer: (account: ServiceAccount) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  const account = instanceAccount(cloud, request);
  const named = request.params.account;
  const isIts = account !== undefined && (named === 'default' || named === account.email);
  return isIts ? answer(account) : html(404, 'Not Found');
}

function browse(cloud: Cloud, request: ApiRequest): Answer {
  const path = request.params.entry ?? '';
  const entry = findEntry(metadataTree(cloud, instanceAccount(cloud, request)), path);
  if (entry === undefined) return html(404, 'Not Found');
  if (isDirectory(entry) && !path.endsWith('/')) return redirectToDirectory(request);
  const alt = request.query.get('alt');
  if (request.query.get('recursive')?.toLowerCase() === 'true') return metadataJson(toRecursive(entry));
  if (alt === 'json') return metadataJson(isDirectory(entry) ? Object.keys(entry) : entry);
  if (isDirectory(entry)) return text(listDirectory(entry));
  return text(typeof entry === 'string' ? entry : entry.map((item) => `${item}\n`).join(''));
}

/** A directory without its slash is answered with a redirect, which clients follow. */
function redirectToDirectory({ path, query, headers }: ApiRequest): Answer {
  const search = query.size > 0 ? `?${query}` : '';
  return html(301, 'Moved Permanently', { location: `http://${headers.host}${path}/${search}` });
}

/** Undefined where the seed has no account for the identity: an instance may run as none. */
function instanceAccount(cloud: Cloud, { identity }: ApiRequest): ServiceAccount | undefined {
  return cloud.serviceAccounts.find(`${identity}@${cloud.projectId}.iam.gserviceaccount.com`);
}
