import { type CallerToken, metadataCallerToken } from './caller-token.ts';
import { createIdToken, createToken, type Operation } from './generated/operations.ts';
import type { IdTokenResponse } from './generated/types.ts';
import { type ReceivedToken, receiveToken } from './received-token.ts';
import { readKey } from './token-request.ts';
import { type CallOptions, createTransport, type Transport, type TransportOptions } from './transport.ts';

export interface ServiceOptions extends Omit<TransportOptions, 'callerToken'> {
  /** The metadata server's where left out. */
  readonly callerToken: CallerToken | undefined;
}

/** The Countersign service, as the client speaks to it. */
export interface Service {
  readonly call: Transport;
  readonly fetchToken: (key: string, options: CallOptions) => Promise<ReceivedToken>;
}

/** All that a request over the network needs. The client loads it with its first one: a kept token needs none of it. */
export function connect(options: ServiceOptions): Service {
  const { fetch, timeoutMs, callerToken = metadataCallerToken(fetch, timeoutMs) } = options;
  const call = createTransport({ ...options, callerToken });
  return {
    call,
    async fetchToken(key, options) {
      const [aud, isIdToken, rest] = readKey(key);
      const input = isIdToken ? { aud, ...rest } : { ...rest, claims: { ...rest?.claims, aud } };
      const operation: Operation<never, IdTokenResponse> = isIdToken ? createIdToken : createToken;
      return receiveToken(...(await call(operation, JSON.stringify(input), options)), aud);
    },
  };
}
