import type { ProblemCode } from '../generated/problems.ts';

/** What to do about each code, on the command line: the contract's words but where this place has its own options. */
export const englishRemedies: Readonly<Record<ProblemCode, string>> = {
  invalid_request: 'Mend the members that errors points to; the contract is at /openapi.json.',
  invalid_claims: 'Mend the claims that errors points to; each hint says how.',
  unauthenticated: "Send a Google ID token whose aud is this service's URL in the Authorization header.",
  policy_denied: 'Ask for what a binding allows, or have a binding added to the policy.',
  not_found: 'Check the path against /openapi.json.',
  method_not_allowed: 'Use a method that the Allow header names.',
  body_too_large: 'Send at most 64 KiB.',
  unsupported_media_type: 'Send Content-Type: application/json, in UTF-8 and without content encoding.',
  rate_limited: 'Wait as Retry-After says, and cache tokens until shortly before their exp.',
  signer_permission_missing:
    'Grant the permission with the command in the message; a grant takes 2 to 7 minutes to take effect.',
  signer_api_disabled: 'Enable iamcredentials.googleapis.com with the command in the message.',
  signer_rejected:
    'Read the reason in the message; the claims set or the service account is not one that IAM signs for.',
  signer_response_invalid:
    'Try again; if it stays, something between the function and IAM changes its answers.',
  delivery_rejected: 'Check that the secret or topic exists, and that the batch function may write to it.',
  signer_quota_exceeded: "Wait as Retry-After says, cache tokens, or have the project's quota raised.",
  signer_unavailable: 'Try again after Retry-After.',
  caller_keys_unavailable: 'Try again after Retry-After.',
  policy_unavailable:
    'Mend the policy file that COUNTERSIGN_POLICY names; npm run policy -- check FILE lists its mistakes.',
  delivery_unavailable: 'Nothing is to be done: Pub/Sub delivers the message again.',
  deadline_exceeded: "Try again; if it stays, look at IAM's latency.",
  internal: 'Try again; if it stays, report it with the instance.',
  network_error: 'Check --url or COUNTERSIGN_URL, and the network between this machine and the service.',
  invalid_response: "Check that the URL is Countersign's and that nothing between answers in its place.",
  caller_token_unavailable:
    "Run where a metadata server answers, have GCE_METADATA_HOST name the local cloud's, or give --as SERVICE_ACCOUNT to use your default credentials.",
};
