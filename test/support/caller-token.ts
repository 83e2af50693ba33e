import type { Identity, LocalCloud } from '../../tools/local-cloud/local-cloud.ts';

/** An ID token of this account from the local cloud's metadata server, for the function unless told otherwise. */
export async function fetchCallerToken(
  { envOf, url }: Pick<LocalCloud, 'envOf' | 'url'>,
  identity: Identity = 'caller',
  audience = url,
): Promise<string> {
  const path = '/computeMetadata/v1/instance/service-accounts/default/identity';
  const query = new URLSearchParams({ audience, format: 'full' });
  const answer = await fetch(`http://${envOf(identity).GCE_METADATA_HOST}${path}?${query}`, {
    headers: { 'metadata-flavor': 'Google' },
  });
  return answer.text();
}
