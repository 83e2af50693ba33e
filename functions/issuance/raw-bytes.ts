/** A JWS signing input (RFC 7515 section 5.1): two parts in base64url. */
const jwsSigningInput = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;
/** The strings to sign of Cloud Storage's signed URLs, V4 and V2. */
const signedUrl = /^(GOOG4-|AWS4-)|^(GET|HEAD|PUT|POST|DELETE|PATCH|OPTIONS|RESUMABLE)\r?\n/i;
/** A policy document of Cloud Storage's signed forms, in base64 as it is signed. */
const policyDocument = /^[A-Za-z0-9+/=\s]+$/;

/** Whether signed bytes would be a token, a signed URL or a signed form at one of Google's or others' verifiers. */
export function isSignedElsewhere(bytes: Buffer): boolean {
  const text = bytes.toString('latin1').trim();
  if (jwsSigningInput.test(text) || signedUrl.test(text)) return true;
  return (
    policyDocument.test(text) && Buffer.from(text, 'base64').toString('latin1').trimStart().startsWith('{')
  );
}
