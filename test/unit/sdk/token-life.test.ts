import { describe, expect, it } from 'vitest';
import { aud, landed, minute, setClientStage } from '../../support/client-stage.ts';
import { replyWithProblem, replyWithToken } from '../../support/token-server.ts';

const unavailable = replyWithProblem(503, 'signer_unavailable');
const { stage, newClient } = setClientStage();

describe('the hard margin', () => {
  it.each([
    [3600, 3539, 3541],
    [100, 89, 91],
  ])(
    'of a token of %i s lets it out after %i s, and not after %i s',
    async (lifetimeSeconds, alive, dead) => {
      stage.server.reply = replyWithToken({ lifetimeSeconds });
      const client = newClient();
      const token = await client.getToken(aud);
      stage.server.reply = unavailable;
      stage.clocks.pass(alive * 1000);
      expect(client.peek(aud)).toBe(token);
      await landed();
      stage.clocks.pass((dead - alive) * 1000);
      expect(client.peek(aud)).toBeUndefined();
    },
  );

  it('applies on arrival: a reused token within it is asked for anew, and one that is new refused', async () => {
    stage.server.reply = replyWithToken({ lifetimeSeconds: 3600, expiresInSeconds: 50, reused: true });
    await expect(newClient().getToken(aud)).rejects.toMatchObject({ code: 'invalid_response' });
    expect(stage.server.requests.map(({ headers }) => headers['cache-control'])).toEqual([
      undefined,
      'no-cache',
    ]);
  });
});

describe('time', () => {
  it.each([
    ['is hours fast', 5 * 60 * minute],
    ['is hours slow', -5 * 60 * minute],
  ])('serves a token for its life where the wall clock %s', async (_, offset) => {
    stage.clocks.jump(offset);
    const client = newClient();
    const token = await client.getToken(aud);
    stage.clocks.pass(25 * minute);
    expect(client.peek(aud)).toBe(token);
    stage.clocks.pass(35 * minute);
    expect(client.peek(aud)).toBeUndefined();
  });

  it('serves no dead token when the wall clock is set back', async () => {
    const client = newClient();
    await client.getToken(aud);
    stage.clocks.jump(-120 * minute);
    stage.clocks.pass(60 * minute);
    expect(client.peek(aud)).toBeUndefined();
  });

  it('serves no dead token after the machine slept', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    stage.clocks.jump(60 * minute);
    expect(client.peek(aud)).toBeUndefined();
    expect(await client.getToken(aud)).not.toBe(token);
  });

  it('notices a sleep within a burst of calls by the sixteenth', async () => {
    const client = newClient();
    await client.getToken(aud);
    for (let calls = 0; calls < 10_000; calls++) client.peek(aud);
    stage.clocks.jump(60 * minute);
    const answers = Array.from({ length: 17 }, () => client.peek(aud));
    expect(answers.at(-1)).toBeUndefined();
  });

  it('counts from when the request was sent', async () => {
    const client = newClient();
    stage.server.reply = async (request, response) => {
      stage.clocks.pass(5 * minute);
      await replyWithToken({ lifetimeSeconds: 600 })(request, response);
    };
    await client.getToken(aud);
    stage.clocks.pass(4.5 * minute);
    expect(client.peek(aud)).toBeUndefined();
  });
});

describe('minValiditySeconds', () => {
  it('asks again with no-cache where a reused token is too short', async () => {
    stage.server.reply = (request, response) =>
      replyWithToken(
        request.headers['cache-control']
          ? {}
          : { lifetimeSeconds: 3600, expiresInSeconds: 2900, reused: true },
      )(request, response);
    const client = newClient();
    await client.getToken(aud, { minValiditySeconds: 3000 });
    expect(stage.server.requests.map(({ headers }) => headers['cache-control'])).toEqual([
      undefined,
      'no-cache',
    ]);
    await client.getToken(aud, { minValiditySeconds: 3000 });
    expect(stage.server.requests).toHaveLength(2);
  });

  it('waits for a longer one where the kept one is too short for this call', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    stage.clocks.pass(20 * minute);
    expect(await client.getToken(aud, { minValiditySeconds: 2000 })).toBe(token);
    expect(await client.getToken(aud, { minValiditySeconds: 3000 })).not.toBe(token);
  });

  it('rejects where no token can live so long', async () => {
    const rejected = newClient().getToken({ aud, ttlSeconds: 600 }, { minValiditySeconds: 700 });
    await expect(rejected).rejects.toMatchObject({ code: 'invalid_response' });
    expect(stage.server.requests).toHaveLength(1);
  });
});
