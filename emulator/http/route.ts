import type { IncomingHttpHeaders } from 'node:http';
import type { Identity } from '../identity.ts';

/** One request, read in full. `params` are the path's named groups, percent-decoded. */
export interface ApiRequest {
  readonly identity: Identity;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One method of an API; `api` is the name by which faults and the request log know it. */
export interface Route {
  readonly api: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  readonly handle: (request: ApiRequest) => Answer | Promise<Answer>;
}

/** What Google's front end puts on every JSON answer. */
const jsonHeaders = {
  'content-type': 'application/json; charset=UTF-8',
  vary: 'Origin, X-Origin, Referer',
  server: 'ESF',
  'x-content-type-options': 'nosniff',
};

/** A JSON answer, indented as Google's are. `headers` come on top of the front end's own. */
export function json(
  body: unknown,
  { status = 200, headers = {} }: Partial<Omit<Answer, 'body'>> = {},
): Answer {
  return {
    status,
    headers: { ...jsonHeaders, 'cache-control': 'private', ...headers },
    body: `${JSON.stringify(body, null, 2)}\n`,
  };
}
