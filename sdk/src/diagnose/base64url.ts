const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of unpadded base64url, or null where a character does not belong (RFC 7515 appendix C). */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  // One character left over carries six bits, no byte: what came before it is still told.
  const whole = text.length % 4 === 1 ? text.slice(0, -1) : text;
  if (firstForeignCharacter(text) !== -1) return null;
  const binary = atob(whole.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** Where the first character outside the base64url alphabet stands, or -1. */
export function firstForeignCharacter(text: string): number {
  return text.search(/[^A-Za-z0-9_-]/);
}

/** The bytes as base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes as standard base64, as PEM has it. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The JSON value in the bytes, or undefined where they are no UTF-8 or no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

/** A JSON object (RFC 8259 section 4). */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
