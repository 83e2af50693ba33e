import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type BatchItem,
  buildBatchMessage,
  createReplyKeys,
  type DeliverTo,
  openReply,
  ReplyCollector,
  type ReplyKeys,
} from '../../../sdk/src/batch/index.ts';
import { type BatchFunction, replies, secretOne, startBatchFunction } from '../../support/batch-function.ts';
import { jumpDate } from '../../support/clocks.ts';
import { call } from '../../support/emulator-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-deliveries-'));
const policy = join(folder, 'policy.json');
const secretTwo = secretOne.replace('one', 'two');
const items = (count: number, claims: object = {}): BatchItem[] =>
  Array.from({ length: count }, (_each, index) => ({
    id: `${index}`,
    claims: { aud: `https://n${index}.example.com`, ...claims },
  }));

// A batch may wait for a redelivery, and for a machine that is busy.
vi.setConfig({ testTimeout: 90_000 });

let target: BatchFunction;
let rsa: ReplyKeys;
let ec: ReplyKeys;

/** The local policy, for two RSA keys and an EC key, with a second binding that may deliver to batch-two. */
async function writePolicy(): Promise<void> {
  [rsa, ec] = await Promise.all([createReplyKeys('RSA-OAEP-256'), createReplyKeys()]);
  const { $schema: _, ...local } = JSON.parse(readFileSync('tools/policies/local.json', 'utf8'));
  const [binding] = local.bindings;
  binding.jwkThumbprints = [rsa.thumbprint, ec.thumbprint];
  const other = { ...binding, id: 'other', audiences: ['https://other.example.com'], deliverTo: [secretTwo] };
  writeFileSync(policy, JSON.stringify({ ...local, bindings: [binding, other] }));
}

beforeAll(async () => {
  await writePolicy();
  target = await startBatchFunction({ policy });
});

beforeEach(() => {
  target.emulator.reset();
  target.emulator.setDelivery({ pushEndpoint: target.url, minimumBackoffMs: 20, maximumBackoffMs: 100 });
});

afterAll(() => rmSync(folder, { recursive: true }));

async function send(requests: readonly BatchItem[], deliverTo: DeliverTo) {
  const message = buildBatchMessage({ requests, deliverTo });
  await target.publish({ data: new TextDecoder().decode(message.data) });
  await target.settled();
  return message;
}

/** No key at all, but as long as one: a true one takes seconds to make. */
const largeRsaJwk = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(576, 0xff).toString('base64url') };
const publicJwkOf = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });

describe('a reply on a topic', () => {
  test.each(['RSA-OAEP-256', 'ECDH-ES+A256KW'])(
    'is encrypted by %s, and opens with its key alone',
    async (alg) => {
      const [mine, other] = alg === 'RSA-OAEP-256' ? [rsa, ec] : [ec, rsa];
      const message = await send(items(3), { topic: replies, jwk: mine.publicJwk });
      const [data = '', ...others] = await target.pulled('token-replies-pull');
      expect(others).toEqual([]);
      expect(decodeProtectedHeader(data)).toMatchObject({ alg, enc: 'A256GCM', kid: mine.thumbprint });
      expect(await openReply(data, other)).toBeUndefined();
      const collector = new ReplyCollector(message, mine);
      expect(await collector.add(data)).toBe(true);
      expect(collector.result?.results?.map(({ token }) => token?.split('.').length)).toEqual([3, 3, 3]);
    },
  );

  test.each<[string, () => JsonWebKey, RegExp]>([
    ['a weak RSA key', () => publicJwkOf(1024), /1024 bits/],
    ['an RSA key of more than 4096 bits', () => largeRsaJwk, /4608 bits/],
    ['a private RSA key', () => rsa.privateJwk, /private or symmetric/],
    [
      'a private RSA key that shows its primes alone',
      () => ({ ...rsa.publicJwk, p: rsa.privateJwk.p }) as JsonWebKey,
      /private or symmetric/,
    ],
    ['a private EC key', () => ec.privateJwk, /private or symmetric/],
    ['a symmetric key', () => ({ kty: 'oct', k: 'c2VjcmV0' }), /private or symmetric/],
    ['a key of another curve', () => ({ ...ec.publicJwk, crv: 'P-384' }), /not P-256/],
    [
      'a point that is not on the curve',
      () => ({ ...ec.publicJwk, y: ec.publicJwk.x }) as JsonWebKey,
      /can not be read/,
    ],
    ['a strong key that no binding lists', () => publicJwkOf(2048), /policy_denied/],
  ])('is refused for %s, and nothing is signed', async (_what, jwk, record) => {
    await target.publish({
      data: { requestId: 'r', requests: items(1), deliverTo: { topic: replies, jwk: jwk() } },
    });
    await target.settled();
    const buried = await target.pulled('token-dead-letter-pull');
    expect(buried).toHaveLength(1);
    expect(buried[0]).toMatch(record);
    expect(JSON.parse(buried[0] ?? '')).toMatchObject({ requestId: 'r' });
    for (const secret of [rsa.privateJwk.d, ec.privateJwk.d]) expect(buried[0]).not.toContain(secret);
    expect(await target.pulled('token-replies-pull')).toEqual([]);
    expect(target.emulator.requests('signJwt')).toEqual([]);
  });

  test('a repeat for another key is another delivery: its owner gets a reply as well', async () => {
    const requests = items(1);
    for (const { publicJwk } of [rsa, ec, rsa]) {
      await target.publish({
        data: { requestId: 'same', requests, deliverTo: { topic: replies, jwk: publicJwk } },
      });
      await target.settled();
    }
    const headers = (await target.pulled('token-replies-pull')).map(
      (data) => decodeProtectedHeader(data).kid,
    );
    expect(headers).toEqual([rsa.thumbprint, ec.thumbprint]);
  });
});

describe('a large batch', () => {
  test('of 150 items of nearly 64 KiB, past 9 MB in all, comes in parts below the limit of a message', async () => {
    const message = await send(items(150, { team: 'x'.repeat(60_000) }), {
      topic: replies,
      jwk: ec.publicJwk,
    });
    expect(message.data.length).toBeGreaterThan(9_000_000);
    const collector = new ReplyCollector(message, ec);
    const received = await target.pulled('token-replies-pull');
    expect(received.length).toBeGreaterThan(10);
    for (const data of received.toReversed()) await collector.add(data);
    expect(Math.max(...received.map((data) => data.length))).toBeLessThan(10_000_000);
    expect(collector.result?.results?.every(({ token = '' }) => token.length > 80_000)).toBe(true);
  }, 60_000);

  test('an item of more than 64 KiB is a problem, and does not fail its neighbours', async () => {
    const [small, large] = [items(1), items(1, { team: 'x'.repeat(66_000) })];
    const requests = [...small, ...large.map((item) => ({ ...item, id: 'large' }))];
    await send(requests, { secret: secretOne });
    const [{ results }] = await target.versions();
    expect(results).toMatchObject([{ token: expect.anything() }, { problem: { code: 'body_too_large' } }]);
    expect(target.emulator.requests('signJwt')).toHaveLength(1);
  });

  test('never has more than 64 items at IAM, two batches together', async () => {
    target.emulator.addFault({ api: 'signJwt', latencyMs: 500, count: 0 });
    const to = ({ publicJwk }: ReplyKeys) => ({ topic: replies, jwk: publicJwk });
    await Promise.all([send(items(200, { n: 1 }), to(rsa)), send(items(200, { n: 2 }), to(ec))]);
    const { maxInFlight = 0, calls } = target.emulator.stats().signJwt ?? {};
    expect(maxInFlight).toBeGreaterThan(32);
    expect(maxInFlight).toBeLessThanOrEqual(64);
    expect(calls).toBe(400);
  }, 60_000);
});

describe('a secret', () => {
  test('is written under the one binding whose label it has, by what that binding allows', async () => {
    // batch-two has the label of `local`, and both bindings list it: `other` may not deliver there.
    await send(items(1, { aud: 'https://other.example.com' }), { secret: secretTwo });
    expect(target.logged()).toContain('"binding":"local"');
    await call(target.emulator, 'PATCH', `/v1/${secretTwo}?updateMask=labels`, {
      body: { labels: { countersign: 'other' } },
    });
    await send(items(2), { secret: secretTwo });
    const [, second] = await target.versions(secretTwo);
    const denied = { code: 'policy_denied' };
    expect(second.results).toMatchObject([{ problem: denied }, { problem: denied }]);
    await send(items(1, { aud: 'https://other.example.com' }), { secret: secretTwo });
    expect((await target.versions(secretTwo))[2].results).toMatchObject([{ token: expect.anything() }]);
  });

  test('with a label of no binding is not written, and nothing is signed', async () => {
    await call(target.emulator, 'PATCH', `/v1/${secretOne}?updateMask=labels`, {
      body: { labels: { countersign: 'nobody' } },
    });
    await send(items(1), { secret: secretOne });
    expect(await target.versions()).toEqual([]);
    expect(target.emulator.requests('signJwt')).toEqual([]);
    const [record = ''] = await target.pulled('token-dead-letter-pull');
    expect(JSON.parse(record).problem).toMatchObject({
      code: 'policy_denied',
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer: '/deliverTo/secret', actual: '"nobody"' }),
      ]),
    });
  });

  test('keeps its owner’s labels and annotations, and gets one note of each batch', async () => {
    await call(target.emulator, 'PATCH', `/v1/${secretOne}?updateMask=annotations`, {
      body: { annotations: { owner: 'blue', 'countersign-contact': 'ops' } },
    });
    await send(items(1), { secret: secretOne });
    const { body } = await call(target.emulator, 'GET', `/v1/${secretOne}`);
    expect(body.labels).toEqual({ countersign: 'local' });
    const { owner, 'countersign-contact': contact, ...notes } = body.annotations;
    expect([owner, contact]).toEqual(['blue', 'ops']);
    expect(Object.keys(notes)).toEqual([expect.stringMatching(/^countersign-[0-9a-f]{32}$/)]);
    expect(Object.values(notes)).toEqual([expect.stringMatching(/^done 1 [\w-]{16} \d{10}$/)]);
  });

  test('is never read: a role with add, list, destroy and the secret’s own metadata is enough', async () => {
    const role = 'projects/countersign-local/roles/countersignBatchDelivery';
    const permissions = [
      'secrets.get',
      'secrets.update',
      'versions.add',
      'versions.list',
      'versions.destroy',
    ];
    const members = ['serviceAccount:countersign@countersign-local.iam.gserviceaccount.com'];
    target.emulator.setRoles({ [role]: permissions.map((each) => `secretmanager.${each}`) });
    target.emulator.setBindings({ [secretOne]: [{ role, members }] });
    await send(items(1), { secret: secretOne });
    expect(target.emulator.requests('secrets.addVersion')).toHaveLength(1);
    expect(target.emulator.requests('versions.access')).toEqual([]);
    expect(target.emulator.requests().filter(({ status }) => status === 403)).toEqual([]);
  });

  test('that may not be written is a record, acknowledged', async () => {
    target.emulator.setBindings({ [secretOne]: [] });
    await send(items(1), { secret: secretOne });
    const [record = ''] = await target.pulled('token-dead-letter-pull');
    expect(record).toContain('delivery_rejected');
    expect(target.emulator.requests('signJwt')).toEqual([]);
  });
});

// The last ones: the date stays where it is set.
test('versions are destroyed 13 hours after, the oldest first, and none that is younger', async () => {
  const states = async () => {
    const { body } = await call(target.emulator, 'GET', `/v1/${secretOne}/versions`);
    return body.versions.map(({ state }: { state: string }) => state).toReversed();
  };
  const hours = (count: number) => jumpDate(count * 3_600_000);
  await send(items(1), { secret: secretOne });
  await send(items(1), { secret: secretOne });
  await call(target.emulator, 'POST', `/v1/${secretOne}/versions/2:disable`, { body: {} });
  hours(6);
  await send(items(1), { secret: secretOne });
  hours(6.9);
  await send(items(1), { secret: secretOne });
  expect(await states()).toEqual(['ENABLED', 'DISABLED', 'ENABLED', 'ENABLED']);
  hours(0.2);
  target.emulator.addFault({ api: 'versions.destroy', status: 503, count: 1 });
  await send(items(1), { secret: secretOne });
  expect(await states()).toEqual(['ENABLED', 'DISABLED', 'ENABLED', 'ENABLED', 'ENABLED']);
  expect(target.logged()).toContain('oldVersionsLeftBecause');
  await send(items(1), { secret: secretOne });
  expect(await states()).toEqual(['DESTROYED', 'DESTROYED', 'ENABLED', 'ENABLED', 'ENABLED', 'ENABLED']);
  expect(target.logged()).toContain('"destroyed":[1,2]');
  expect(target.emulator.requests('versions.access')).toEqual([]);
});

test('an instance whose clock is a day ahead destroys nothing that Secret Manager calls young', async () => {
  target.renew({
    change: (services) => {
      const { issuance } = services.batch;
      const now = () => issuance.now() + 86_400;
      return { ...services, batch: { ...services.batch, issuance: { ...issuance, now } } };
    },
  });
  await send(items(1), { secret: secretOne });
  await send(items(1), { secret: secretOne });
  expect(target.emulator.requests('versions.list')).toHaveLength(2);
  expect(target.emulator.requests('versions.destroy')).toEqual([]);
});
