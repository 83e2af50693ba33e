import { ApiError, type Detail } from './api-error.ts';

/**
 * The shape of a proto3 message in JSON: a scalar, `[field]` for a repeated one, `{ '*': field }` for a map, and an
 * object for a nested message. `bytes` is base64 in JSON and a Buffer once read; `int64` is
 * a decimal string or a number; `value` is any JSON.
 */
export type Field =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'number'
  | 'int64'
  | 'value'
  | readonly [Field]
  | { readonly [name: string]: Field };

/** What reading a field gives; members that are absent or null are left out, as proto3 has it. */
export type Message<F> = F extends 'string'
  ? string
  : F extends 'bytes'
    ? Buffer
    : F extends 'bool'
      ? boolean
      : F extends 'number' | 'int64'
        ? number
        : F extends 'value'
          ? unknown
          : F extends readonly [infer Item]
            ? Message<Item>[]
            : F extends { readonly '*': infer Value }
              ? Record<string, Message<Value>>
              : { -readonly [Name in keyof F]?: Message<F[Name]> };

interface Violation {
  readonly field: string;
  readonly description: string;
}

/**
 * Reads a JSON body as a message. Throws INVALID_ARGUMENT with Google's words, all violations at once; an empty
 * body is the empty message.
 */
export function parseMessage<const F extends Field>(shape: F, body: Buffer): Message<F> {
  if (body.length === 0) return readMessage(shape, {});
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ApiError('INVALID_ARGUMENT', 'Invalid JSON payload received. Unexpected token.');
  }
  return readMessage(shape, value);
}

/** Reads a JSON value as a message; see {@link parseMessage}. */
export function readMessage<const F extends Field>(shape: F, value: unknown): Message<F> {
  const violations: Violation[] = [];
  const message = read(shape, value, '', violations);
  if (violations.length === 0) return message as Message<F>;
  const fieldViolations = violations.map(({ field, description }) =>
    field ? { field, description } : { description },
  );
  const details: Detail[] = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }];
  const text = violations.map(({ description }) => description).join('\n');
  throw new ApiError('INVALID_ARGUMENT', text, { details });
}

function read(shape: Field, value: unknown, path: string, violations: Violation[]): unknown {
  if (typeof shape === 'string') return readScalar(shape, value, path, violations);
  if (isRepeated(shape)) return readRepeated(shape[0], value, path, violations);
  if (!isObject(value)) {
    violations.push(invalidValue(path || 'message', 'message', value));
    return undefined;
  }
  const entries: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const field = fieldNamed(shape, name);
    if (field === undefined) violations.push(unknownName(name, path));
    else if (member !== null) {
      const memberPath = path ? `${path}.${snakeCase(name)}` : snakeCase(name);
      entries.push([shape['*'] ? name : camelCase(name), read(field, member, memberPath, violations)]);
    }
  }
  return Object.fromEntries(entries);
}

function readRepeated(item: Field, value: unknown, path: string, violations: Violation[]): unknown {
  if (!Array.isArray(value)) {
    violations.push(invalidValue(path, 'list', value));
    return undefined;
  }
  return value.map((element, index) => read(item, element, `${path}[${index}]`, violations));
}

function readScalar(shape: string, value: unknown, path: string, violations: Violation[]): unknown {
  if (shape === 'value') return value;
  if (shape === 'bytes' && typeof value === 'string' && isBase64(value)) return Buffer.from(value, 'base64');
  if (shape === 'string' && typeof value === 'string' && value.isWellFormed()) return value;
  if (shape === 'bool' && typeof value === 'boolean') return value;
  if (shape === 'number' && typeof value === 'number') return value;
  if (shape === 'int64' && isInteger(value)) return Number(value);
  violations.push(invalidValue(path, shape, value));
  return undefined;
}

/** proto3 JSON takes a field by its lowerCamelCase name and by its proto name. */
function fieldNamed(shape: { readonly [name: string]: Field }, name: string): Field | undefined {
  if (shape['*']) return shape['*'];
  const camel = camelCase(name);
  return Object.hasOwn(shape, camel) ? shape[camel] : undefined;
}

function invalidValue(field: string, type: string, value: unknown): Violation {
  const shown = typeof value === 'object' ? 'a list or an object' : JSON.stringify(value).slice(0, 64);
  return { field, description: `Invalid value at '${field}' (TYPE_${type.toUpperCase()}), ${shown}` };
}

function unknownName(name: string, path: string): Violation {
  const at = path ? ` at '${path}'` : '';
  const description = `Invalid JSON payload received. Unknown name "${name}"${at}: Cannot find field.`;
  return { field: path, description };
}

function isRepeated(shape: Field): shape is readonly [Field] {
  return Array.isArray(shape);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As far as a JavaScript number holds it exactly. */
function isInteger(value: unknown): boolean {
  const isText = typeof value === 'string' && /^-?\d{1,16}$/.test(value);
  return (isText || typeof value === 'number') && Number.isSafeInteger(Number(value));
}

/** Standard or URL-safe, with or without padding: proto3 JSON takes each. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
