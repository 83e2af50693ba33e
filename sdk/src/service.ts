import { type CallerToken, metadataCallerToken } from './caller-token.ts';
import { type ReceivedToken, receiveToken } from './received-token.ts';
import { parseRequest, type TokenRequest } from './token-request.ts';
import { type CallOptions, createTransport, type Transport, type TransportOptions } from './transport.ts';

export interface ServiceOptions extends Omit<TransportOptions, 'callerToken'> {
  /** The metadata server's where left out. */
  readonly callerToken: CallerToken | undefined;
}

/** The Countersign service, as the client speaks to it. */
export interface Service {
  readonly call: Transport;
  readonly fetchToken: (request: TokenRequest, options: CallOptions) => Promise<ReceivedToken>;
}

/** All that a request over the network needs. The client loads it with its first one: a kept token needs none of it. */
export function connect(options: ServiceOptions): Service {
  const { fetch, timeoutMs, callerToken = metadataCallerToken(fetch, timeoutMs) } = options;
  const call = createTransport({ ...options, callerToken });
  return {
    call,
    async fetchToken(request, options) {
      const { operation, input, aud } = parseRequest(request);
      return receiveToken(...(await call(operation, input, options)), aud);
    },
  };
}
