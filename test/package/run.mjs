// Runs on each runtime against the installed package: the first argument is a service's URL.
import { createFetch, TokenClient } from 'countersign';
import { diagnose } from 'countersign/diagnose';
import { createFakeClient, createFixtureSigner } from 'countersign/testing';

const [url] = process.argv.slice(2);
const aud = 'https://reports.example.com';
const client = new TokenClient({ url, callerToken: async () => 'caller-token' });
const tokens = await Promise.all(Array.from({ length: 50 }, () => client.getToken(aud)));
const fake = createFakeClient({ signer: await createFixtureSigner() });
await fake.getToken(aud);
const refused = await client.getToken('refused').catch(({ code, status }) => ({ code, status }));
const { status } = await createFetch(client, url)(`${url}/v1/tokens`, {
  method: 'POST',
  body: '{"claims":{}}',
});
const { findings } = await diagnose(tokens[0], { audience: 'https://other.example.com' });
console.log(
  JSON.stringify({
    distinct: new Set(tokens).size,
    stats: client.stats(),
    refused,
    status,
    findings: findings.map(({ code }) => code).sort(),
  }),
);
