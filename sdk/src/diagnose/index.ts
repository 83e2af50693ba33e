// The package's entry `countersign/diagnose`; nothing inside imports it.

export type { DiagnosisProfileName } from '../generated/profiles.ts';
export type { JsonObject } from './base64url.ts';
export { type DecodedToken, decode } from './decode.ts';
export { type Diagnosis, diagnose } from './diagnose.ts';
export type { Expectations, JwksFinder } from './expectations.ts';
export { type ExplainedCause, explain } from './explain/explain.ts';
export type { Finding, FindingCode, Localized, Quoted, Step } from './finding.ts';
export { fetchGoogleKeys, type GoogleKeysOptions } from './keys/google-keys.ts';
export type { Jwk, JwkSet } from './keys/jwk.ts';
export { type KeyInput, KeysUnavailable } from './keys/key-input.ts';
export { type Snippet, type SnippetLanguage, verificationSnippets } from './snippets.ts';
