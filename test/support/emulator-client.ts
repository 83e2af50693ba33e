import type { Emulator, Identity } from '../../emulator/emulator.ts';

const domain = 'countersign-local.iam.gserviceaccount.com';

/** The e-mail of a seeded service account. */
export function emailOf(identity: Identity): string {
  return `${identity}@${domain}`;
}

/** The path of an IAM method on a seeded service account. */
export function accountPath(identity: Identity, method: string): string {
  return `/v1/projects/-/serviceAccounts/${emailOf(identity)}:${method}`;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any;
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** Asks the metadata server of an identity. */
export async function metadata(emulator: Emulator, identity: Identity, path: string): Promise<Reply> {
  const url = `http://127.0.0.1:${emulator.ports[identity]}/computeMetadata/v1/${path}`;
  return replyOf(await fetch(url, { headers: { 'metadata-flavor': 'Google' } }));
}

/** An access token of the identity, as its metadata server gives it. */
export async function accessToken(emulator: Emulator, identity: Identity): Promise<string> {
  const { body } = await metadata(emulator, identity, 'instance/service-accounts/default/token');
  return body.access_token;
}

export async function get(emulator: Emulator, path: string, headers: HeadersInit = {}): Promise<Reply> {
  return replyOf(await fetch(emulator.origin + path, { headers }));
}

/** Posts JSON as the identity, with its access token. */
export function post(emulator: Emulator, identity: Identity, path: string, body: unknown): Promise<Reply> {
  return call(emulator, 'POST', path, { identity, body });
}

/** Calls a method of Google's APIs as the identity, `countersign` unless told otherwise, with its access token. */
export async function call(
  emulator: Emulator,
  method: string,
  path: string,
  { identity = 'countersign', body }: { identity?: Identity; body?: unknown } = {},
): Promise<Reply> {
  const authorization = `Bearer ${await accessToken(emulator, identity)}`;
  const init = { method, headers: { authorization } };
  const hasBody = body !== undefined;
  return replyOf(
    await fetch(emulator.origin + path, { ...init, ...(hasBody && { body: JSON.stringify(body) }) }),
  );
}

/** `signJwt` of the claims with the key of `signer`. */
export function signJwt(
  emulator: Emulator,
  claims: unknown,
  identity: Identity = 'countersign',
): Promise<Reply> {
  return post(emulator, identity, accountPath('signer', 'signJwt'), { payload: JSON.stringify(claims) });
}
