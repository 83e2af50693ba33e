import type { Cloud } from '../cloud/cloud.ts';
import type { SigningKey } from '../cloud/signing-key.ts';
import { ApiError } from '../http/api-error.ts';
import { type ApiRequest, json, type Route } from '../http/route.ts';
import { toCertificates, toJwkSet, toRaw } from './formats.ts';

type Format = (keys: readonly SigningKey[], commonName: string) => Promise<unknown>;

/**
 * "If you cache the public key set, update the cache every 15 minutes" (iam.proto). What Google's answers carry is
 * not documented; this is what follows from that sentence.
 */
const cacheSeconds = 900;

const accountPaths: readonly (readonly [api: string, paths: string, format: Format])[] = [
  ['jwk', 'service_accounts/v1/jwk|service_accounts/v1/metadata/jwk|robot/v1/metadata/jwk', toJwkSet],
  ['x509', 'service_accounts/v1/metadata/x509|robot/v1/metadata/x509', toCertificates],
  ['raw', 'service_accounts/v1/metadata/raw', toRaw],
];

const googlePaths: readonly (readonly [api: string, path: string, format: Format])[] = [
  ['certs', 'oauth2/v3/certs', toJwkSet],
  ['certs', 'oauth2/v1/certs', toCertificates],
];

/** The public keys of service accounts and of Google's ID tokens, as www.googleapis.com serves them. */
export function publicKeyRoutes(cloud: Cloud): Route[] {
  return [
    ...accountPaths.map(([api, paths, format]) =>
      route(api, new RegExp(`^/(?:${paths})/(?<account>[^/]+)$`), (request) => {
        const { email, keys } = accountKeys(cloud, request);
        return format(keys, email.replace('@', '.'));
      }),
    ),
    ...googlePaths.map(([api, path, format]) =>
      route(api, new RegExp(`^/${path}$`), () =>
        format(
          cloud.googleKeys.publishedKeys(cloud.clock.now()),
          'federated-signon.system.gserviceaccount.com',
        ),
      ),
    ),
  ];
}

function route(api: string, path: RegExp, body: (request: ApiRequest) => Promise<unknown>): Route {
  const headers = { 'cache-control': `public, max-age=${cacheSeconds}, must-revalidate, no-transform` };
  return { api, method: 'GET', path, handle: async (request) => json(await body(request), { headers }) };
}

function accountKeys(cloud: Cloud, { params }: ApiRequest): { email: string; keys: SigningKey[] } {
  const account = cloud.serviceAccounts.find(params.account ?? '');
  if (!account) throw new ApiError('NOT_FOUND', 'Requested entity was not found.');
  return { email: account.email, keys: cloud.keysOf(account).publishedKeys(cloud.clock.now()) };
}
