/** A JWT's header and claims set, unverified. Throws where one of the two is not base64url of JSON. */
export function decodeJwt(token: string): {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
} {
  const [header, claims] = token.split('.', 2).map((segment) => {
    const binary = atob(segment.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0))));
  });
  return { header, claims };
}
