import { http } from '@google-cloud/functions-framework';
import { OAuth2Client } from 'google-auth-library';
import { compose } from '../../../functions/compose.ts';
import { readHttpConfig } from '../../../functions/config.ts';
import { validateClaimRequest } from '../../../functions/contract/generated/validators.js';
import { installFront } from '../../../functions/http/front.ts';
import { createHandler } from '../../../functions/http/handle.ts';
import type { SignedJwt, Signer } from '../../../functions/issuance/ports.ts';
import { audienceOf, awaitEach, fillClient, readEach } from '../filled-client.ts';
import { unsignedJws } from '../unsigned-jws.ts';

/** What the bench holds the function against, under the same functions-framework: one target a process. */
const signerAccount = 'signer@countersign-local.iam.gserviceaccount.com';
const { BENCH_ANSWER = '{}', IAM_CREDENTIALS_EMULATOR_HOST } = process.env;

/** The framework alone: parses, checks by ajv's compiled validator, answers. */
http('echo', (request, response) => {
  if (!validateClaimRequest(request.body)) response.status(400);
  response.type('application/json').send(BENCH_ANSWER);
});

/** This handler with a signer that makes up a JWS without asking anybody. */
serve(
  'unsigned',
  handlerWith(async (claims) => unsignedJws(JSON.stringify(claims))),
);

/** As one would write it: the framework's own request, checked by ajv, signed through Google's own library. */
const auth = new OAuth2Client();
auth.setCredentials({ access_token: 'ya29.bench', expiry_date: Date.now() + 3.6e6 });
http('signedByGoogleAuth', async (request, response) => {
  if (!validateClaimRequest(request.body)) response.status(400);
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: signerAccount, sub: signerAccount, iat, exp: iat + 3600, ...request.body.claims };
  const url = `http://${IAM_CREDENTIALS_EMULATOR_HOST}/v1/projects/-/serviceAccounts/${signerAccount}:signJwt`;
  const data = { delegates: [], payload: JSON.stringify(claims) };
  const { data: signed } = await auth.request<SignedJwt>({ url, method: 'POST', data });
  response.json({ token: signed.signedJwt, kid: signed.keyId, claims, expiresInSeconds: 3600 });
});

const calls = 20_000;

/** Measures inside of a request, whose `domain` makes each await dear: nanoseconds a call. */
http('cachedInRequest', async (_request, response) => {
  const keys = [audienceOf(0)];
  const { client, limit } = await fillClient(keys);
  response.json({
    awaitedLimit: await awaitEach(keys, (aud) => limit.get(aud), calls),
    getToken: await awaitEach(keys, (aud) => client.getToken(aud), calls),
    peek: readEach(keys, (aud) => client.peek(aud), calls * 10),
    limit: readEach(keys, (aud) => limit.read(aud), calls * 10),
  });
});

/** As the function itself is served. */
function serve(target: string, handler: ReturnType<typeof createHandler>): void {
  http(target, handler);
  if (process.argv.includes(`--target=${target}`)) installFront(handler, new AbortController());
}

type Sign = (claims: object) => Promise<SignedJwt>;

function handlerWith(sign: Sign): ReturnType<typeof createHandler> {
  const services = compose(readHttpConfig());
  const signer: Signer = {
    ...services.issuance.signer,
    signJwt: ({ claims }) => sign(claims),
  };
  return createHandler({ ...services, issuance: { ...services.issuance, signer } });
}
