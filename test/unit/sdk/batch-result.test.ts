import { setTimeout as delay } from 'node:timers/promises';
import { CompactEncrypt, importJWK } from 'jose';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  buildBatchMessage,
  createReplyKeys,
  ReplyCollector,
  type ReplyKeys,
  readResult,
  waitForResult,
} from '../../../sdk/src/batch/index.ts';
import { CountersignError } from '../../../sdk/src/index.ts';
import { makeToken } from '../../support/token-server.ts';

const aud = 'https://a.example.com';
const item = { id: '1', claims: { aud } };
const secret = 'projects/acme/secrets/nightly';
const goodResult = (requestId: string) => ({ requestId, results: [{ id: '1', token: makeToken({ aud }) }] });

/** A secret with these texts as its versions. */
const secretOf = (...texts: string[]) => ({
  listSecretVersions: async () => [
    texts.map((_, i) => ({
      name: `${secret}/versions/${i + 1}`,
      state: 'ENABLED',
      createTime: { seconds: Date.now() / 1000 },
    })),
  ],
  accessSecretVersion: async ({ name }: { name: string }) => {
    const text = texts[Number(name.split('/').at(-1)) - 1];
    if (text === undefined) throw Object.assign(new Error('NOT_FOUND'), { code: 5 });
    return [{ payload: { data: new TextEncoder().encode(text) } }];
  },
});

const oddResults = ['null', '5', '[null]', '{"requestId":"R","results":5}', '{"requestId":"R","results":{}}'];
oddResults.push('{"requestId":"R","results":[null]}', '{"requestId":"R","results":null}');
oddResults.push('{"requestId":"R","problem":null}', '{"requestId":"R","problem":"none"}');

describe('what is no result, though it names the batch', () => {
  let keys: ReplyKeys;

  beforeAll(async () => {
    keys = await createReplyKeys();
  });

  it.each(oddResults)('is passed over in a secret: %s', async (text) => {
    const message = buildBatchMessage({ requestId: 'R', requests: [item], deliverTo: { secret } });
    const result = goodResult('R');
    expect(await readResult(message, secretOf(text, JSON.stringify(result)))).toEqual(result);
  });

  it.each(oddResults)('is invalid_response, or no part, as a reply: %s', async (text) => {
    const deliverTo = { topic: 'projects/acme/topics/replies', jwk: keys.publicJwk };
    const collector = new ReplyCollector(
      buildBatchMessage({ requestId: 'R', requests: [item], deliverTo }),
      keys,
    );
    const key = await importJWK({ ...keys.publicJwk, kty: 'EC' }, 'ECDH-ES+A256KW');
    const encrypt = (plaintext: string) =>
      new CompactEncrypt(new TextEncoder().encode(plaintext))
        .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: keys.thumbprint })
        .encrypt(key);
    const odd = collector.add(await encrypt(text));
    await odd.catch((error) => expect(error).toMatchObject({ code: 'invalid_response' }));
    await collector.add(await encrypt(JSON.stringify({ ...goodResult('R'), delivery: 'd' })));
    expect(collector.result?.results).toHaveLength(1);
  });
});

it('holds a result against the batch as it was built, whatever becomes of the array of its items', async () => {
  const requests = [structuredClone(item)];
  const message = buildBatchMessage({ requests, deliverTo: { secret } });
  requests.length = 0;
  const result = goodResult(message.requestId);
  expect(await readResult(message, secretOf(JSON.stringify(result)))).toEqual(result);
});

describe('waitForResult', () => {
  const reason = new Error('enough');

  it('rejects with the reason of a signal that is aborted already, and does not look', async () => {
    const look = vi.fn();
    await expect(waitForResult(look, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(look).not.toHaveBeenCalled();
  });

  it.each([
    ['that hangs', () => new Promise<never>(() => {}), 'deadline_exceeded'],
    [
      'that fails and then hangs',
      vi
        .fn()
        .mockRejectedValueOnce(new CountersignError('network_error', 'down'))
        .mockReturnValue(new Promise(() => {})),
      'network_error',
    ],
    [
      'that fails and then finds nothing',
      vi
        .fn()
        .mockRejectedValueOnce(new CountersignError('network_error', 'down'))
        .mockResolvedValue(undefined),
      'deadline_exceeded',
    ],
  ])('gives up at its deadline also on a look %s', async (_, look, code) => {
    await expect(waitForResult(look, { timeoutMs: 50, intervalMs: 5 })).rejects.toMatchObject({ code });
  });

  it('looks no more once it gave up, also where its last look ends later', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = vi.fn(() => promise);
    await expect(waitForResult(look, { timeoutMs: 10, intervalMs: 1 })).rejects.toThrow(
      'No result within 10 ms',
    );
    resolve(undefined);
    await delay(20);
    expect(look).toHaveBeenCalledOnce();
  });

  it('waits as long as it is told, and leaves no timer behind', async () => {
    const timeouts = vi.spyOn(globalThis, 'setTimeout');
    const abort = new AbortController();
    const endless = Number.POSITIVE_INFINITY;
    const look = vi.fn(() => undefined);
    const waiting = waitForResult(look, { timeoutMs: endless, intervalMs: endless, signal: abort.signal });
    setTimeout(() => abort.abort(reason), 20);
    await expect(waiting).rejects.toBe(reason);
    const timers = timeouts.mock.results.map(
      ({ value }) => value as NodeJS.Timeout & { _destroyed: boolean },
    );
    vi.restoreAllMocks();
    expect(look).toHaveBeenCalledOnce();
    expect(timers.length).toBeGreaterThanOrEqual(3);
    expect(timers.filter((timer) => !timer._destroyed)).toEqual([]);
  });
});
