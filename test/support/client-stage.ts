import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { type CountersignError, TokenClient, type TokenClientOptions } from '../../sdk/src/index.ts';
import { type Clocks, takeClocks } from './clocks.ts';
import { type Reply, startTokenServer, type TokenServer } from './token-server.ts';

export const aud = 'https://reports.example.com';
export const minute = 60_000;

/** A token server and the client's clocks, fresh for each test of the file that calls this. */
export function setClientStage(callerToken = 'caller-token') {
  const stage = {} as { server: TokenServer; clocks: Clocks };

  beforeEach(async () => {
    stage.clocks = takeClocks();
    stage.server = await startTokenServer();
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await stage.server[Symbol.asyncDispose]();
  });

  const newClient = (options: TokenClientOptions = {}) =>
    new TokenClient({ url: stage.server.url, callerToken: async () => callerToken, ...options });
  return { stage, newClient };
}

/** Once an answer that is under way had time to land. */
export const landed = () => delay(60);

export const after =
  (milliseconds: number, reply: Reply): Reply =>
  async (request, response) => {
    await delay(milliseconds);
    await reply(request, response);
  };

/** What the client's next call fails with. */
export const failure = (client: TokenClient): Promise<CountersignError> =>
  client.getToken(aud).then(
    () => expect.unreachable(),
    (error) => error,
  );
