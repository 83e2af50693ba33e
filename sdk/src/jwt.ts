export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A JWT's header and claims set, unverified. Throws where the text is not a JWS in compact form (RFC 7515
 * section 7.1) of two JSON objects.
 */
export function decodeJwt(token: string): { header: JsonObject; claims: JsonObject } {
  const [header, claims] = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
    ? token.split('.', 2).map(decodeSegment)
    : [];
  if (!isJsonObject(header) || !isJsonObject(claims)) throw new SyntaxError('not a JWT');
  return { header, claims };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return !!value && typeof value === 'object' && !Array.isArray(value);
}

function decodeSegment(segment: string): unknown {
  const binary = atob(segment.replaceAll('-', '+').replaceAll('_', '/'));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0))));
}
