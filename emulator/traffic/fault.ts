import { invalidArgument } from '../http/api-error.ts';
import { type Message, readMessage } from '../http/message.ts';
import { type Identity, identities } from '../identity.ts';

const faultShape = {
  api: 'string',
  identity: 'string',
  count: 'number',
  latencyMs: 'number',
  status: 'number',
  reason: 'string',
  headers: { '*': 'string' },
  body: 'value',
  slowBodyMs: 'number',
  resetAfterBytes: 'number',
  closeAfterBytes: 'number',
} as const;

/** What goes wrong with the next calls of an API. Without `status` the true answer is given, late or damaged. */
export interface Fault {
  /** A route's name such as `signJwt`, `metadata.token`, `jwk`; `*` is every one. */
  readonly api: string;
  /** Only calls at the port of this identity. */
  readonly identity?: Identity;
  /** How many calls it meets, 1 by default; 0 is all until the faults are cleared. */
  readonly count: number;
  /** How long the answer waits. */
  readonly latencyMs?: number;
  /** Answers this instead of what the API would; nothing is signed and nothing changes. */
  readonly status?: number;
  /** The ErrorInfo reason of the default body, such as SERVICE_DISABLED. */
  readonly reason?: string;
  /** Added to the headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A string as it is, anything else as JSON; by default Google's envelope for the status. */
  readonly body?: unknown;
  /** Spreads the body over this time. */
  readonly slowBodyMs?: number;
  /** Resets the connection after so many bytes of the body; 0 is before any answer. */
  readonly resetAfterBytes?: number;
  /** Ends the connection in good order after so many bytes of the body, short of its Content-Length. */
  readonly closeAfterBytes?: number;
}

const maxDelayMs = 10 * 60 * 1000;

/** Reads a fault from JSON. Throws INVALID_ARGUMENT that says what is wrong. */
export function parseFault(value: unknown): Fault {
  const {
    api = '',
    identity,
    count = 1,
    ...rest
  }: Message<typeof faultShape> = readMessage(faultShape, value);
  if (api === '') throw invalidArgument('api: name the API that the fault meets, or "*"');
  if (identity !== undefined && !isIdentity(identity)) {
    throw invalidArgument(`identity: "${identity}" is none of ${identities.join(', ')}`);
  }
  checkInteger('count', count, Number.MAX_SAFE_INTEGER);
  checkInteger('status', rest.status, 599, 200);
  checkInteger('latencyMs', rest.latencyMs, maxDelayMs);
  checkInteger('slowBodyMs', rest.slowBodyMs, maxDelayMs);
  checkInteger('resetAfterBytes', rest.resetAfterBytes, Number.MAX_SAFE_INTEGER);
  checkInteger('closeAfterBytes', rest.closeAfterBytes, Number.MAX_SAFE_INTEGER);
  return { api, count, ...(identity && { identity }), ...rest };
}

function checkInteger(name: string, value: number | undefined, max: number, min = 0): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw invalidArgument(`${name}: ${value} is not an integer from ${min} to ${max}`);
}

function isIdentity(name: string): name is Identity {
  return (identities as readonly string[]).includes(name);
}
