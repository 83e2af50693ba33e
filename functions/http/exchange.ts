import type { IncomingMessage } from 'node:http';
import type { Issuance } from '../issuance/issue-token.ts';
import type { Log } from '../issuance/log.ts';
import type { Caller, CallerVerifier, RequestScope, RuntimeIdentity, SignerKeys } from '../issuance/ports.ts';

/** What the operations work with. */
export interface HttpServices {
  issuance: Issuance;
  callerVerifier: CallerVerifier;
  signerKeys: SignerKeys;
  runtimeIdentity: RuntimeIdentity;
  log: Log;
}

/** One request, routed. */
export interface Exchange {
  request: IncomingMessage;
  query: URLSearchParams;
  /** The path's parameters, decoded. */
  parameters: Record<string, string>;
  scope: RequestScope;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON, or as it is where it is text already. */
  body: object | string;
}

/** An operation of the contract that asks for a caller, and one that asks for none. */
export type AuthenticatedOperation = (
  services: HttpServices,
  exchange: Exchange,
  caller: Caller,
) => Promise<Answer>;
export type OpenOperation = (services: HttpServices, exchange: Exchange) => Promise<Answer>;
