import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { IdentityResponse } from '../functions/contract/generated/types.ts';
import { diagnose } from '../sdk/src/diagnose/diagnose.ts';
import { CountersignError, getIdToken, TokenClient } from '../sdk/src/index.ts';
import { showBatch } from './local-cloud/demo-batch.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud/local-cloud.ts';

/** `npm run demo`: the whole path on this machine, each step a line; ends with the processes it started. */
const audience = 'https://reports.example.com';

const say = (line: string) => console.log(line);
const show = (name: string, value: unknown) => say(`    ${name.padEnd(8)}${JSON.stringify(value)}`);

// What it started goes with this process, however far it has come.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const cloud = await startLocalCloud({ output: 'keep' });
try {
  await walk(cloud);
} catch (error) {
  console.error(cloud.function.output(), cloud.batchFunction.output());
  throw error;
} finally {
  await cloud.stop();
}

async function walk({ url, batchUrl, emulatorUrl, envOf }: LocalCloud): Promise<void> {
  say(`1. The local cloud stands in for Google at ${emulatorUrl}; its keys are worthless elsewhere.`);
  say(`2. The functions run under functions-framework at ${url} and, for batches, ${batchUrl}.`);

  // This process is a service of the caller's: it has that account's metadata server, as on Cloud Run.
  Object.assign(process.env, envOf('caller'));
  const client = new TokenClient({ url });
  const { token, claims, kid } = await client.getTokenDetails(audience);
  const identity = await whoAmI(url);
  say('3. Who is who (GET /v1/identity):');
  show('runs as', identity.runsAs);
  show('signers', identity.signers);
  show('caller', identity.caller.member);

  say(`4. getToken('${audience}') answers a JWT that IAM signed; no private key left Google.`);
  show('token', `${token.slice(0, 24)}...${token.slice(-8)}`);
  show('header', decodeProtectedHeader(token));
  show('claims', claims);

  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', url));
  await jwtVerify(token, keys, { algorithms: ['RS256'], audience, issuer: claims.iss });
  say(`5. It verifies with jose against the keys at /.well-known/jwks.json, ${kid} among them.`);

  const again = await client.getToken(audience);
  const { hits, misses } = client.stats();
  if (again !== token) throw new Error('The second call was not answered from the cache.');
  say(`6. The second call came from the cache: ${misses} request made, ${hits} saved.`);

  const endpoints = await client.getTokenDetails({ aud: audience, profile: 'endpoints' });
  say('7. For Cloud Endpoints, a JWT that the service account signs, its e-mail in it (profile endpoints):');
  show('claims', endpoints.claims);

  const idToken = await getIdToken(client, audience);
  say('8. For a verifier that trusts Google, an ID token that Google signs for the same account:');
  show('claims', decodeJwt(idToken));

  const refusal = await client.getToken('https://reports.example.org').catch((error: unknown) => error);
  if (!(refusal instanceof CountersignError)) throw new Error('An audience without a binding was allowed.');
  say(`9. An audience that no binding allows is refused: ${refusal.status} ${refusal.code}.`);
  for (const { pointer, actual, expected } of refusal.errors ?? [])
    say(`    ${pointer} is ${actual}; expected ${expected}`);

  const { findings } = await diagnose(`Bearer ${token}`, {
    jwks: new URL('/.well-known/jwks.json', url),
    issuer: claims.iss,
    audience: 'https://billing.example.com',
  });
  if (findings.length === 0) throw new Error('The doctor found nothing wrong with a broken token.');
  say('10. The doctor looks at a header that a verifier of another audience refused, and names every fault:');
  for (const { code, remedy } of findings) say(`    ${code}: ${remedy.en}`);

  await showBatch(11, emulatorUrl, say);

  say('Done. npm start leaves all this running; the README says how to call it from your service.');
}

/** The function's identity and the caller's, asked for as any caller would: with its ID token. */
async function whoAmI(url: string): Promise<IdentityResponse> {
  const query = new URLSearchParams({ audience: url, format: 'full' });
  const path = '/computeMetadata/v1/instance/service-accounts/default/identity';
  const idToken = await fetch(`http://${process.env.GCE_METADATA_HOST}${path}?${query}`, {
    headers: { 'metadata-flavor': 'Google' },
  });
  const headers = { authorization: `Bearer ${await idToken.text()}` };
  const answer = await fetch(`${url}/v1/identity`, { headers });
  return answer.json();
}
