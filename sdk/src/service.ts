import type { FetchedToken } from './cached-token.ts';
import { type CallerToken, metadataCallerToken } from './caller-token.ts';
import { createIdToken, createToken } from './generated/operations.ts';
import type { ClaimRequest, IdTokenRequest } from './generated/types.ts';
import { receiveToken } from './received-token.ts';
import type { TokenRequest } from './token-request.ts';
import { type CallOptions, createTransport, type Transport } from './transport.ts';

export interface ServiceOptions {
  /** The service's URL without a final slash. */
  readonly url: string;
  readonly callerAudience: string;
  readonly callerToken: CallerToken | undefined;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
}

/** The Countersign service, as the client speaks to it. */
export interface Service {
  readonly call: Transport;
  readonly fetchToken: (request: TokenRequest, options: CallOptions) => Promise<FetchedToken>;
}

/** All that a request over the network needs. The client loads it with its first one: a kept token needs none of it. */
export function connect({ callerToken, ...options }: ServiceOptions): Service {
  const { fetch, timeoutMs } = options;
  const call = createTransport({
    ...options,
    callerToken: callerToken ?? metadataCallerToken(fetch, timeoutMs),
  });
  return {
    call,
    async fetchToken(request, options) {
      const { aud } = typeof request === 'string' ? { aud: request } : request;
      const { body, answer } = isForIdToken(request)
        ? await call(createIdToken, toIdTokenRequest(request), options)
        : await call(createToken, toClaimRequest(request), options);
      return receiveToken(body, answer, aud);
    },
  };
}

type IdTokenKind = Extract<TokenRequest, { kind: 'id_token' }>;

function isForIdToken(request: TokenRequest): request is IdTokenKind {
  return typeof request === 'object' && request.kind === 'id_token';
}

function toIdTokenRequest({ kind: _, ...input }: IdTokenKind): IdTokenRequest {
  return input;
}

function toClaimRequest(request: Exclude<TokenRequest, IdTokenKind>): ClaimRequest {
  if (typeof request === 'string') return { claims: { aud: request } };
  const { kind: _, aud, claims, ...input } = request;
  return { ...input, claims: { ...claims, aud: typeof aud === 'string' ? aud : [...aud] } };
}
