const clientId = /^[\w.-]+\.apps\.googleusercontent\.com$/;
const url = /^https?:\/\//i;
const schemePrefix = /^[a-z][a-z0-9+.-]*:\/\//i;

/** The client id that `gcloud auth print-identity-token` puts in a user's token. */
const gcloudAudience = '32555940559.apps.googleusercontent.com';

/** How a value narrowly misses what was expected, or undefined where the two have nothing in common. */
export function nearMiss(actual: string, expected: readonly string[]): string | undefined {
  if (actual === gcloudAudience) return 'gcloud_user_token';
  for (const candidate of expected) {
    const reason = compare(actual, candidate);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function compare(actual: string, expected: string): string | undefined {
  if (actual.trim() === expected.trim()) return 'white_space';
  if (withoutSlash(actual) === withoutSlash(expected)) return 'trailing_slash';
  if (actual.toLowerCase() === expected.toLowerCase()) return 'case';
  if (actual.replace(schemePrefix, '') === expected.replace(schemePrefix, '')) return 'scheme';
  if (loosen(actual) === loosen(expected)) return 'scheme_and_slash';
  if (url.test(actual) && clientId.test(expected)) return 'url_for_client_id';
  if (clientId.test(actual) && url.test(expected)) return 'client_id_for_url';
  return sameOrigin(actual, expected) ? 'path' : undefined;
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}

function loosen(text: string): string {
  return withoutSlash(text.trim().toLowerCase().replace(schemePrefix, ''));
}

function sameOrigin(actual: string, expected: string): boolean {
  if (!url.test(actual) || !url.test(expected)) return false;
  return (
    URL.canParse(actual) && URL.canParse(expected) && new URL(actual).origin === new URL(expected).origin
  );
}
