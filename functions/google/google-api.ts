import { DeliveryFailure } from '../issuance/delivery-ports.ts';
import type { Deadline } from '../issuance/ports.ts';
import type { Credentials } from './credentials.ts';
import { HttpFailure, requestHttp } from './http-client.ts';

const maxBytes = 1024 * 1024;
/** Statuses that stay: a faulty request, no right, no such resource. */
const permanentStatus = new Set([400, 403, 404]);

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PATCH';
  /** From the version of the API on. */
  path: string;
  body?: object;
}

export interface ApiAnswer {
  status: number;
  /** The JSON of a 200 or of an error; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of another's, which each caller holds against what it asked for.
  json: any;
}

/** One of Google's REST APIs that deliveries go to, as the runtime account. */
export interface GoogleApi {
  /** @throws DeliveryFailure that passes, where there is no whole answer */
  ask(request: ApiRequest, deadline: Deadline): Promise<ApiAnswer>;
  /** The JSON of a 200. @throws DeliveryFailure */
  expect(request: ApiRequest, deadline: Deadline): Promise<ApiAnswer['json']>;
  /** What an answer that is no success comes to. */
  failure(answer: ApiAnswer): DeliveryFailure;
}

/**
 * Calls the API of this name at its origin. One try: a batch that fails is delivered again by Pub/Sub, and a write that
 * is tried twice may be done twice.
 */
export function createGoogleApi(name: string, origin: string, credentials: Credentials): GoogleApi {
  const failure = ({ status }: ApiAnswer) =>
    new DeliveryFailure(`${name} answers ${status}`, permanentStatus.has(status));
  const ask = async ({ method, path, body }: ApiRequest, deadline: Deadline) => {
    const token = await credentials.accessToken(deadline).catch(() => {
      throw new DeliveryFailure('no access token', false);
    });
    const { status, body: text } = await requestHttp({
      method,
      url: `${origin}/v1/${path}`,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
      deadline,
      maxBytes,
    }).catch((error: unknown) => {
      if (error instanceof HttpFailure) throw new DeliveryFailure(`${name}: ${error.reason}`, false);
      throw error;
    });
    // Another event may have a token that is accepted: the next one fetches it.
    if (status === 401) credentials.discard();
    return { status, json: parse(text) };
  };
  return {
    ask,
    failure,
    async expect(request, deadline) {
      const answer = await ask(request, deadline);
      if (answer.status !== 200) throw failure(answer);
      if (typeof answer.json === 'object' && answer.json !== null) return answer.json;
      throw unexpected(name);
    },
  };
}

/** A 200 that is not what was asked for: whether the call was done is not known, and a repeat is harmless. */
export function unexpected(name: string): DeliveryFailure {
  return new DeliveryFailure(`${name} answers with something else than it was asked for`, false);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
