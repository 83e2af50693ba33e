import type { HttpAsk } from './http-cell.ts';

/** Google's services that a fault may come from. */
export type Dependency = 'metadata' | 'keys' | 'iamCredentials' | 'secretManager' | 'pubsub';

/** One call of the function's to a dependency, and what has to be asked for it to be made. */
interface Call {
  dependency: Dependency;
  path: RegExp;
  /** JSON in its answer's place that has the right members and the wrong types. */
  wrongType: unknown;
  /** Whether the answer is read without a bound on its length, by google-auth-library. */
  readsAll?: true;
}

export interface HttpSite extends Call {
  ask: (serial: number) => HttpAsk;
}

export interface BatchSite extends Call {
  deliverTo: 'secret' | 'topic' | 'nowhere';
  /** An event's time here, where the call is made again and again until that is over. */
  triesForMs?: number;
}

const signer = 'signer@countersign-local.iam.gserviceaccount.com';
const token = (serial: number | string): HttpAsk => ({
  method: 'POST',
  path: '/v1/tokens',
  body: { claims: { aud: `https://a${serial}.example.com` } },
});

const accessToken: Call = {
  dependency: 'metadata',
  path: /\/service-accounts\/default\/token/,
  readsAll: true,
  wrongType: { access_token: 17, expires_in: 'soon', token_type: ['Bearer'] },
};
const callerKeys: Call = {
  dependency: 'keys',
  path: /^\/oauth2\/v3\/certs/,
  wrongType: { keys: [17, null, { kid: 3, kty: {} }] },
};
const signJwt: Call = {
  dependency: 'iamCredentials',
  path: /:signJwt$/,
  wrongType: { keyId: 17, signedJwt: { a: 1 } },
};

export const httpSites: Record<string, HttpSite> = {
  // Another token each time, lest one that is kept be the answer.
  'access token': { ...accessToken, ask: token },
  'runtime account': {
    dependency: 'metadata',
    path: /\/service-accounts\/default\/email/,
    readsAll: true,
    wrongType: { email: ['nobody'] },
    ask: () => ({ method: 'GET', path: '/v1/identity' }),
  },
  'callers’ keys': { ...callerKeys, ask: token },
  'signer’s keys': {
    dependency: 'keys',
    path: /^\/service_accounts\/v1\/jwk\//,
    wrongType: { keys: 'none' },
    ask: () => ({ method: 'GET', path: `/v1/keys/${signer}` }),
  },
  signJwt: { ...signJwt, ask: () => token('') },
  generateIdToken: {
    dependency: 'iamCredentials',
    path: /:generateIdToken$/,
    wrongType: { token: { a: 1 } },
    ask: () => ({ method: 'POST', path: '/v1/id-tokens', body: { aud: 'https://a.example.com' } }),
  },
  signBlob: {
    dependency: 'iamCredentials',
    path: /:signBlob$/,
    wrongType: { keyId: 17, signedBlob: 17 },
    ask: () => ({ method: 'POST', path: '/v1/signatures', body: { bytes: 'Ynl0ZXM=' } }),
  },
};

export const batchSites: Record<string, BatchSite> = {
  'access token of a batch': { ...accessToken, deliverTo: 'topic', triesForMs: 6_000 },
  'Secret Manager’s access token': { ...accessToken, deliverTo: 'secret' },
  'push account’s keys': { ...callerKeys, deliverTo: 'topic' },
  'signJwt of a batch': { ...signJwt, deliverTo: 'secret', triesForMs: 3_000 },
  'secrets.get': {
    dependency: 'secretManager',
    path: /\/secrets\/[^/:]+(\?|$)(?!updateMask)/,
    wrongType: { name: 17, labels: 'none', annotations: [1], etag: 17 },
    deliverTo: 'secret',
  },
  'secrets.patch': {
    dependency: 'secretManager',
    path: /\/secrets\/[^/:]+\?updateMask/,
    wrongType: { name: 17, etag: {} },
    deliverTo: 'secret',
  },
  'secrets.addVersion': {
    dependency: 'secretManager',
    path: /:addVersion/,
    wrongType: { name: 17 },
    deliverTo: 'secret',
  },
  'versions.list': {
    dependency: 'secretManager',
    path: /\/versions(\?|$)/,
    wrongType: { versions: 'none' },
    deliverTo: 'secret',
  },
  'publish of replies': {
    dependency: 'pubsub',
    path: /token-replies[^:]*:publish$/,
    wrongType: { messageIds: 17 },
    deliverTo: 'topic',
  },
  'publish of a dead letter': {
    dependency: 'pubsub',
    path: /token-dead-letter:publish$/,
    wrongType: { messageIds: 17 },
    deliverTo: 'nowhere',
  },
};
