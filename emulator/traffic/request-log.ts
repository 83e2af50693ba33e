import type { HttpRequest } from '../http/route.ts';
import type { Identity } from '../identity.ts';

/** One request at one of Google's paths, as the emulator saw it. */
export interface LoggedRequest {
  readonly id: number;
  /** By the emulator's clock. */
  readonly time: string;
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The identity whose port was asked. */
  readonly identity: Identity;
  /** The account that the access token was issued to; null without one of ours. */
  readonly caller: string | null;
  /** The JSON that was sent, or its text where it is none; null without a body. */
  readonly body: unknown;
  /** W3C `traceparent` as it was sent; null without one. */
  readonly traceparent: string | null;
  /** Null while the request is under way, and when its connection was cut before an answer. */
  readonly status: number | null;
  readonly fault: boolean;
}

/** How often an API was called since the log was cleared, and how many calls were under way at once. */
export interface ApiStats {
  readonly calls: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
}

interface Noted {
  readonly id: number;
  readonly timeMs: number;
  readonly api: string;
  readonly request: HttpRequest;
  readonly caller: string | null;
  readonly fault: boolean;
  status: number | null;
}

/** The log is a window: beyond this many requests the oldest are forgotten. The counts go on. */
const maxRecords = 10_000;

/** What was asked of the emulator, for assertions. Its state is the last requests and the counts by API. */
export class RequestLog {
  #records: Noted[] = [];
  #stats = new Map<string, { calls: number; inFlight: number; maxInFlight: number }>();
  #nextId = 1;

  /** Notes a request on arrival; the function it answers notes how it ended. */
  begin(record: Omit<Noted, 'id' | 'status'>): (status: number | null) => void {
    const noted: Noted = { ...record, id: this.#nextId, status: null };
    this.#nextId += 1;
    this.#records.push(noted);
    if (this.#records.length >= 2 * maxRecords) this.#records = this.#records.slice(-maxRecords);
    const stats = this.#statsOf(record.api);
    stats.calls += 1;
    stats.inFlight += 1;
    stats.maxInFlight = Math.max(stats.maxInFlight, stats.inFlight);
    return (status) => {
      noted.status = status;
      stats.inFlight -= 1;
    };
  }

  /** The last requests, oldest first; of one API where one is named. */
  all(api?: string): LoggedRequest[] {
    const records = this.#records.slice(-maxRecords);
    return records.filter((record) => api === undefined || record.api === api).map(toLoggedRequest);
  }

  stats(): Record<string, ApiStats> {
    return Object.fromEntries([...this.#stats].map(([api, stats]) => [api, { ...stats }]));
  }

  clear(): void {
    this.#records = [];
    this.#stats = new Map();
  }

  #statsOf(api: string) {
    let stats = this.#stats.get(api);
    if (!stats) {
      stats = { calls: 0, inFlight: 0, maxInFlight: 0 };
      this.#stats.set(api, stats);
    }
    return stats;
  }
}

function toLoggedRequest({ id, timeMs, api, request, caller, fault, status }: Noted): LoggedRequest {
  const { method, path, identity, query, headers, body } = request;
  return {
    id,
    time: new Date(timeMs).toISOString(),
    api,
    method,
    path,
    query: Object.fromEntries(query),
    identity,
    caller,
    body: readBody(body),
    traceparent: typeof headers.traceparent === 'string' ? headers.traceparent : null,
    status,
    fault,
  };
}

function readBody(body: Buffer): unknown {
  if (body.length === 0) return null;
  const text = body.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
