import { DeliveryFailure } from '../issuance/delivery-ports.ts';
import type { Deadline } from '../issuance/ports.ts';
import type { Credentials } from './credentials.ts';
import { HttpFailure, requestHttp } from './http-client.ts';

const maxBytes = 1024 * 1024;
/** Statuses that stay: a faulty request, no right, no such resource. */
const permanentStatus = new Set([400, 403, 404]);

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PATCH';
  url: string;
  /** JSON. */
  body?: string;
}

/** What an API answered in place of a success. */
export class ApiRefusal extends DeliveryFailure {
  readonly status: number;
  /** The google.rpc.Code by name, where the answer bears one (https://cloud.google.com/apis/design/errors). */
  readonly rpcStatus: string | undefined;

  constructor(name: string, status: number, body: string) {
    super(`${name} answers ${status}`, permanentStatus.has(status));
    this.status = status;
    this.rpcStatus = rpcStatusOf(body);
  }
}

/** The text of a 200. @throws ApiRefusal @throws DeliveryFailure that passes, where there is no whole answer */
export type GoogleApi = (request: ApiRequest, deadline: Deadline) => Promise<string>;

/**
 * Calls one of Google's REST APIs that deliveries go to, as the runtime account. One try: a batch that fails is
 * delivered again by Pub/Sub, and a write that is tried twice may be done twice.
 */
export function createGoogleApi(name: string, credentials: Credentials): GoogleApi {
  return async (request, deadline) => {
    const token = await credentials.accessToken(deadline).catch(() => {
      throw new DeliveryFailure('no access token', false);
    });
    const headers = ['authorization', `Bearer ${token}`];
    const sent = requestHttp({ ...request, headers, deadline, maxBytes });
    const { status, body } = await sent.catch((error: unknown) => {
      if (error instanceof HttpFailure) throw new DeliveryFailure(`${name}: ${error.reason}`, false);
      throw error;
    });
    // Another event may have a token that is accepted: the next one fetches it.
    if (status === 401) credentials.discard(token);
    if (status !== 200) throw new ApiRefusal(name, status, body);
    return body;
  };
}

/** A 200 that is not what was asked for: whether the call was done is not known, and a repeat is harmless. */
export function unexpected(name: string): DeliveryFailure {
  return new DeliveryFailure(`${name} answers with something else than it was asked for`, false);
}

function rpcStatusOf(body: string): string | undefined {
  try {
    return JSON.parse(body).error.status;
  } catch {
    return undefined;
  }
}
