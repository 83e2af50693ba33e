/** The strings to sign of Cloud Storage's signed URLs, V4 and V2, and of their like. */
const signedUrl = /^(GOOG4-|AWS4-)|^[A-Z]+\r?\n/i;
/** A policy document of Cloud Storage's signed forms, in base64 as it is signed. */
const policyDocument = /^[A-Za-z0-9+/=_\s-]+$/;

/**
 * Whether signed bytes would be a token, a signed URL or a signed form at one of Google's or others' verifiers.
 * Verifiers are lenient, so what looks like it counts: a JWS signing input (RFC 7515 section 5.1, RFC 7797) is
 * anything with a point before which stands, in any kind of base64, what begins as JSON does.
 */
export function isSignedElsewhere(bytes: Buffer): boolean {
  const text = bytes.toString('latin1').trim();
  if (signedUrl.test(text)) return true;
  const point = text.indexOf('.');
  if (point !== -1 && beginsAsJson(text.slice(0, point))) return true;
  return policyDocument.test(text) && beginsAsJson(text);
}

function beginsAsJson(base64: string): boolean {
  return Buffer.from(base64, 'base64').toString('latin1').trimStart().startsWith('{');
}
