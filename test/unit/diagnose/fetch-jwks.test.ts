import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { afterEach, describe, expect, test } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import { fetchJwks } from '../../../sdk/src/diagnose/keys/fetch-jwks.ts';
import { fetchGoogleKeys } from '../../../sdk/src/diagnose/keys/google-keys.ts';
import { publicPem, rsaJwks } from '../../support/corpus/keys.ts';
import { goodSpecimen, renderToken, signer } from '../../support/corpus/specimen.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/jwks`;
}

const token = renderToken(goodSpecimen());
const expectations = goodSpecimen().expectations;

test('verifies with the JWK Set of a URL', async () => {
  const jwks = await serve((_, response) => response.end(JSON.stringify(rsaJwks)));
  expect((await diagnose(token, { ...expectations, jwks })).verdict).toBe('valid');
});

test("takes Google's map of certificates and keys at a URL too", async () => {
  const jwks = await serve((_, response) =>
    response.end(JSON.stringify({ 'rsa-a': publicPem('rsa-a'), 'rsa-b': publicPem('rsa-b') })),
  );
  expect((await diagnose(token, { ...expectations, jwks })).verdict).toBe('valid');
});

describe('what is no JWK Set is reported, and bounded', () => {
  const answers: Record<string, RequestListener> = {
    too_large: (_, response) => {
      const chunk = Buffer.alloc(65_536, 0x20);
      const write = () => {
        for (let sent = 0; sent < 160; sent++)
          if (!response.write(chunk)) return void response.once('drain', write);
      };
      write();
    },
    redirect: (_, response) => response.writeHead(302, { location: 'https://example.com/' }).end(),
    not_json: (_, response) => response.end('<html>'),
    not_a_jwk_set: (_, response) => response.end('{"issuer":"https://idp.example"}'),
    http_status: (_, response) => response.writeHead(500).end('{"keys":[]}'),
    empty: (_, response) => response.end('{"keys":[]}'),
    unreachable: (request) => request.socket.destroy(),
  };

  test.each(Object.entries(answers))('%s', async (reason, listener) => {
    const jwks = await serve(listener);
    const { verdict, findings } = await diagnose(token, { ...expectations, jwks });
    expect(verdict).toBe('unverifiable');
    expect(findings).toMatchObject([{ code: 'jwks_unavailable', reason }]);
  });

  test('one that trickles is given up on', async () => {
    const url = await serve((_, response) => response.write('{"keys":['));
    await expect(fetchJwks(url, { timeoutMs: 200 })).rejects.toMatchObject({ reason: 'timeout' });
  });

  test('a URL of another scheme is not fetched', async () => {
    const { findings } = await diagnose(token, { ...expectations, jwks: 'file:///etc/passwd' });
    expect(findings).toMatchObject([{ code: 'jwks_unavailable', reason: 'not_http' }]);
  });
});

describe("Google's key hosts", () => {
  test.each([
    [signer, 'https://www.googleapis.com', `/service_accounts/v1/jwk/${signer}`],
    ['https://accounts.google.com', 'https://www.googleapis.com', '/oauth2/v3/certs'],
    ['accounts.google.com', 'https://www.googleapis.com', '/oauth2/v3/certs'],
    ['https://cloud.google.com/iap', 'https://www.gstatic.com', '/iap/verify/public_key-jwk'],
  ])('hold the keys of %s', async (issuer, host, path) => {
    nock(host).get(path).reply(200, rsaJwks);
    expect(await fetchGoogleKeys(issuer)).toEqual(rsaJwks);
  });

  test.each([
    'https://evil.example',
    'x@evil.example',
    '../../oauth2/v3/certs@a.gserviceaccount.com',
    'a@b.gserviceaccount.com.evil.example',
    undefined,
  ])('are not asked for %s', async (issuer) => {
    await expect(fetchGoogleKeys(issuer)).rejects.toMatchObject({ reason: 'none_given' });
  });

  test('are the emulator where it stands in', async () => {
    const url = await serve((request, response) => {
      response.end(request.url === `/service_accounts/v1/jwk/${signer}` ? JSON.stringify(rsaJwks) : '');
    });
    expect(await fetchGoogleKeys(signer, { emulatorHost: new URL(url).host })).toEqual(rsaJwks);
  });
});
