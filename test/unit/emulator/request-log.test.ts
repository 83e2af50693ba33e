import { describe, expect, it } from 'vitest';
import { AccessTokens } from '../../../emulator/cloud/access-tokens.ts';
import type { HttpRequest } from '../../../emulator/http/route.ts';
import { RequestLog } from '../../../emulator/traffic/request-log.ts';

const request: HttpRequest = {
  identity: 'caller',
  transport: 'rest',
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.from('not JSON'),
};

const record = { timeMs: 0, api: 'signJwt', request, caller: null, fault: false };

describe('the request log', () => {
  it('keeps the last 10,000 requests and counts them all', () => {
    const log = new RequestLog();
    for (let call = 0; call < 20_500; call += 1) log.begin(record)(200);
    const all = log.all();
    expect([all.length, all[0]?.id, all.at(-1)?.id]).toEqual([10_000, 10_501, 20_500]);
    expect(log.stats().signJwt).toEqual({ calls: 20_500, inFlight: 0, maxInFlight: 1 });
  });

  it('shows a request that is under way without a status', () => {
    const log = new RequestLog();
    const end = log.begin(record);
    expect(log.all('signJwt')).toMatchObject([
      { status: null, body: 'not JSON', time: '1970-01-01T00:00:00.000Z' },
    ]);
    expect(log.all('jwk')).toEqual([]);
    end(503);
    expect(log.all()).toMatchObject([{ status: 503 }]);
  });
});

describe('access tokens', () => {
  it('are forgotten, oldest first, beyond 10,000', () => {
    const tokens = new AccessTokens();
    const issue = () => tokens.issue({ email: 'a@example.com', scopes: [], expiresAtMs: 0 }).token;
    const [first = '', second = ''] = Array.from({ length: 10_001 }, issue);
    expect(tokens.find(first)).toBeUndefined();
    expect(tokens.find(second)?.email).toBe('a@example.com');
  });
});
