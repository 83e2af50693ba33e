/** A JWT's header and claims set, unverified. Throws where one of the two is not base64url of JSON. */
export function decodeJwt<Claims = Record<string, unknown>>(
  token: string,
): {
  header: Record<string, unknown>;
  claims: Claims;
} {
  const [header, claims] = token.split('.', 2).map((segment) => {
    const binary = atob(segment.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0))));
  });
  return { header, claims };
}
