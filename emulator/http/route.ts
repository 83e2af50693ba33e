import type { IncomingHttpHeaders } from 'node:http';
import type { Identity } from '../identity.ts';

/** One request, read in full. */
export interface HttpRequest {
  readonly identity: Identity;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly transport: 'rest' | 'grpc';
}

/** A request at a route; `params` are the path's named groups, percent-decoded. */
export interface ApiRequest extends HttpRequest {
  readonly params: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One method of an API; `api` is the name by which faults and the request log know it. */
export interface Route {
  readonly api: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: RegExp;
  /** What it takes beyond the 10 MiB of every other method. */
  readonly maxBodyBytes?: number | undefined;
  readonly handle: (request: ApiRequest) => Answer | Promise<Answer>;
}

/** The route of a request, with what its path names; undefined where there is none. */
export function findRoute(
  routes: readonly Route[],
  { method, path }: Pick<HttpRequest, 'method' | 'path'>,
): { readonly route: Route; readonly params: Record<string, string> } | undefined {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (!match) continue;
    const groups = Object.entries(match.groups ?? {});
    return {
      route,
      params: Object.fromEntries(groups.map(([name, value = '']) => [name, decodePath(value)])),
    };
  }
  return undefined;
}

/** A broken percent-encoding names nothing that exists, so it may stay as it is. */
function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
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
