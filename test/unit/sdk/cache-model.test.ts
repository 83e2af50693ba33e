import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { TokenClient } from '../../../sdk/src/index.ts';
import { decodeJwt } from '../../../sdk/src/jwt.ts';
// The client loads it with its first request; here it is there before, so that a turn of the loop is enough.
import '../../../sdk/src/service.ts';
import { makeToken } from '../../support/token-server.ts';

const auds = ['https://a.example.com', 'https://a.example.com', 'https://b.example.com'] as const;
const lifetimeSeconds = 3600;
const marginSeconds = 60;

/** A request that reached the service and waits for its answer. */
interface Pending {
  readonly aud: string;
  readonly answer: (response: Response | Error) => void;
  readonly signal: AbortSignal;
}

/** The world around one client: true time, both of its clocks, the service and whoever waits. */
class World {
  /** True seconds, which no clock of the client needs to show. */
  time = 0;
  wallOffset = 0;
  monoSlept = 0;
  kid = 0;
  readonly deadKids = new Set<string>();
  readonly pending: Pending[] = [];
  readonly waiting = new Set<Promise<unknown>>();
  readonly timers = new Set<unknown>();
  readonly faults: string[] = [];
  readonly client = new TokenClient({
    url: 'http://localhost',
    callerToken: async () => 'caller-token',
    timeoutMs: 1e9,
    fetch: (_, init) => this.receive(init),
  });

  receive(init: RequestInit | undefined): Promise<Response> {
    const { aud } = JSON.parse(String(init?.body)).claims;
    const signal = init?.signal as AbortSignal;
    const rival = this.pending.find((other) => other.aud === aud && !other.signal.aborted);
    if (rival) this.faults.push(`a second flight for ${aud}`);
    return new Promise((resolve, reject) => {
      const answer = (response: Response | Error) =>
        response instanceof Error ? reject(response) : resolve(response);
      signal.addEventListener('abort', () => reject(signal.reason));
      this.pending.push({ aud, answer, signal });
    });
  }

  pass(seconds: number): void {
    this.time += seconds;
  }

  jump(seconds: number): void {
    this.wallOffset += seconds;
  }

  /** Signs with the key of the day, or fails for good. */
  settle(index: number, isGood: boolean): void {
    const [request] = this.pending.splice(index % Math.max(1, this.pending.length), 1);
    if (!request) return;
    const claims = { aud: request.aud, iat: this.time, exp: this.time + lifetimeSeconds };
    const token = makeToken(claims, `key-${this.kid}`);
    const body = JSON.stringify({ token, expiresInSeconds: lifetimeSeconds, reused: false });
    request.answer(isGood ? new Response(body) : new Response('down', { status: 500 }));
  }

  check(token: string | undefined, asked: { aud: string; dead: ReadonlySet<string> }): void {
    if (token === undefined) return;
    const { claims, header } = decodeJwt(token);
    if (claims.aud !== asked.aud) this.faults.push('a token for another audience');
    if (Number(claims.exp) - this.time < marginSeconds - 1) this.faults.push(`a dead token, ${this.time}`);
    if (asked.dead.has(String(header.kid)))
      this.faults.push('a token that was invalidated before it was asked for');
  }

  async idle(): Promise<void> {
    for (let turns = 0; turns < 12; turns++) await new Promise((resolve) => setImmediate(resolve));
  }
}

type Command = fc.AsyncCommand<{ hiding?: Hiding }, World>;

/**
 * What hides time from each of the two clocks: sleep from one, a setting back from the other. Both at once no
 * client could tell from no time at all, so a plan has one of them.
 */
type Hiding = 'sleep' | 'setting back';

const command = (name: string, run: (world: World) => void, hiding?: Hiding): Command => ({
  check: (model) => !hiding || !model.hiding || model.hiding === hiding,
  async run(model, world) {
    if (hiding) model.hiding = hiding;
    run(world);
    await world.idle();
    expect(world.faults).toEqual([]);
  },
  toString: () => name,
});

const call = (world: World, aud: string, options: { signal?: AbortSignal; forceRefresh?: boolean } = {}) => {
  const asked = { aud, dead: new Set(world.deadKids) };
  const call = world.client.getToken(aud, options.signal || options.forceRefresh ? options : undefined).then(
    (token) => world.check(token, asked),
    (error) => {
      if (error.code !== 'invalid_response' && error !== options.signal?.reason)
        world.faults.push(String(error));
    },
  );
  world.waiting.add(call);
  call.finally(() => world.waiting.delete(call));
};

const aud = fc.constantFrom(...auds);
// The ends of a token's life and of its refresh window are where things happen.
const seconds = fc.oneof(fc.integer({ min: 1, max: 5400 }), fc.constantFrom(1750, 2900, 3530, 3541, 3600));
const commands: fc.Arbitrary<Command>[] = [
  aud.map((aud) => command(`call for ${aud}`, (world) => call(world, aud))),
  aud.map((aud) =>
    command(`two calls for ${aud} at once`, (world) => {
      call(world, aud);
      call(world, aud);
    }),
  ),
  aud.map((aud) => command(`forced call for ${aud}`, (world) => call(world, aud, { forceRefresh: true }))),
  aud.map((aud) =>
    command(`aborted call for ${aud}`, (world) => {
      const abort = new AbortController();
      call(world, aud, { signal: abort.signal });
      queueMicrotask(() => abort.abort(new Error('enough')));
    }),
  ),
  aud.map((aud) =>
    command(`peek at ${aud}`, (world) => {
      world.check(world.client.peek(aud), { aud, dead: new Set(world.deadKids) });
    }),
  ),
  seconds.map((seconds) => command(`${seconds} s pass`, (world) => world.pass(seconds))),
  seconds.map((seconds) =>
    command(
      `the machine sleeps for ${seconds} s`,
      (world) => {
        world.pass(seconds);
        world.monoSlept += seconds;
      },
      'sleep',
    ),
  ),
  seconds.map((seconds) => command(`the wall clock is ${seconds} s ahead`, (world) => world.jump(seconds))),
  seconds.map((seconds) =>
    command(`the wall clock is set back by ${seconds} s`, (world) => world.jump(-seconds), 'setting back'),
  ),
  fc.nat(3).map((index) => command(`answer ${index} comes`, (world) => world.settle(index, true))),
  fc.nat(3).map((index) => command(`answer ${index} comes`, (world) => world.settle(index, true))),
  fc.nat(3).map((index) => command(`answer ${index} fails`, (world) => world.settle(index, false))),
  aud.map((aud) => command(`invalidate ${aud}`, (world) => world.client.invalidate(aud))),
  fc.constant(command('invalidate all', (world) => world.client.invalidate())),
  fc.constant(
    command('the key is rotated and the old one invalidated', (world) => {
      world.deadKids.add(`key-${world.kid}`);
      world.kid++;
      world.client.invalidate({ kid: `key-${world.kid - 1}` });
    }),
  ),
];

afterEach(() => vi.restoreAllMocks());

it('never hands out a dead token, loses a caller, flies twice for a key or leaves anything behind', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  const started = new Set<NodeJS.Timeout>();
  let world = new World();
  vi.spyOn(performance, 'now').mockImplementation(() => (world.time - world.monoSlept) * 1000);
  vi.spyOn(Date, 'now').mockImplementation(() => (1_800_000_000 + world.time + world.wallOffset) * 1000);
  const { setTimeout } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, milliseconds: number) => {
    const timer = setTimeout(run, milliseconds);
    started.add(timer);
    return timer;
  }) as typeof setTimeout);

  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 30, size: 'max' }), async (plan) => {
      world = new World();
      await fc.asyncModelRun(() => ({ model: {}, real: world }), plan);
      // The service comes back and answers all that is under way: whoever waits must be served.
      for (let rounds = 0; rounds < 20 && world.waiting.size + world.pending.length > 0; rounds++) {
        while (world.pending.length > 0) world.settle(0, true);
        await world.idle();
      }
      expect({ faults: world.faults, waiting: world.waiting.size }).toEqual({ faults: [], waiting: 0 });
      const alive = [...started].filter(
        (timer) => Reflect.get(timer, '_destroyed') === false && timer.hasRef(),
      );
      expect(alive).toEqual([]);
      started.clear();
    }),
    { numRuns: 1000, endOnFailure: true },
  );
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
}, 120_000);
