/** Google services for which no binding allows a token: with it, one could mint credentials or rights. */
const forbiddenServices = new Set([
  'iam',
  'iamcredentials',
  'sts',
  'oauth2',
  'accounts',
  'cloudresourcemanager',
  'secretmanager',
  'pubsub',
  'run',
  'cloudfunctions',
]);

const googleDomains = ['googleapis.com', 'google.com'];

/** Whose an audience is: not Google's, Google's, or a Google service's that no binding can allow. */
export type AudienceOwner = 'other' | 'google' | 'forbidden';

/**
 * Whose an audience is, decided on its lower-cased form, since that is what a lenient verifier compares.
 * What can't be classified counts as Google's, so that it needs to be allowed in so many words.
 */
export function ownerOf(audience: string): AudienceOwner {
  const text = audience.toLowerCase();
  const [host, path] = splitHost(text);
  const domain = googleDomains.find((each) => host === each || host.endsWith(`.${each}`));
  if (domain !== undefined) return isForbidden(host, path) ? 'forbidden' : 'google';
  if (!/[/:@]/.test(text)) return 'other';
  return /^https?:\/\/[^/@\\]+(\/|$)/.test(text) ? 'other' : 'google';
}

/** Host and path, with or without a scheme; user info and trailing dots are stripped. */
function splitHost(text: string): [host: string, path: string] {
  const afterScheme = text.replace(/^[a-z][a-z0-9+.-]*:(?=[/\\])/, '').replace(/^[/\\]+/, '');
  const end = afterScheme.search(/[/\\?#]/);
  const authority = end === -1 ? afterScheme : afterScheme.slice(0, end);
  const path = end === -1 ? '' : afterScheme.slice(end);
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .replace(/(?<!\.)\.+$/, '');
  return [host, path];
}

function isForbidden(host: string, path: string): boolean {
  // Regional and mTLS hosts carry the service's name as well: us-run.googleapis.com, iam.mtls.googleapis.com.
  const labels = host.split('.');
  const names = labels.flatMap((label) => [label, label.slice(label.lastIndexOf('-') + 1)]);
  if (names.some((name) => forbiddenServices.has(name))) return true;
  // The token endpoint's older address.
  return host === 'www.googleapis.com' && path.startsWith('/oauth2');
}
