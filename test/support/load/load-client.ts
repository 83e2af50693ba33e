import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Agent, request } from 'node:http';
import nock from 'nock';
import { findFault } from '../problem-table.ts';
import { Latencies } from './latencies.ts';

// nock looks at each socket, which would be most of what is measured.
nock.restore();

export const connections = 64;
/** The function's own deadline, and what a busy machine may add to it. */
const deadlineMilliseconds = 9_000 + 1_500;

/** What a run of many requests came to. */
export interface Outcome {
  sent: number;
  /** How often each code was the answer; a token counts as `token`. */
  readonly answers: Map<string, number>;
  /** Tokens that are not the ones asked for: another audience, another signer, a signature that does not verify. */
  wrongTokens: number;
  /** Answers that the contract does not have, and connections that broke. */
  readonly errors: string[];
  /** Answers after the deadline. */
  late: number;
  readonly latencies: Latencies;
}

export interface LoadClient {
  /**
   * Asks over 64 kept connections until the time is up; `next` gives each request's audience and headers, and may do
   * something first.
   */
  run: (seconds: number, next: () => Asked | Promise<Asked>) => Promise<Outcome>;
  close: () => void;
}

export interface Asked {
  aud: string;
  fresh: boolean;
}

const signer = 'signer@countersign-local.iam.gserviceaccount.com';

export async function createLoadClient(url: string, callerToken: string): Promise<LoadClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const keys = await fetchKeys(url);
  const verified = new Set<string>();
  const isRight = (token: string, aud: string) => {
    const isKnown = verified.has(token);
    if (!isKnown && !isSignedBy(keys, token)) return false;
    if (verified.size > 10_000) verified.clear();
    verified.add(token);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return claims.aud === aud && claims.iss === signer && claims.exp * 1000 > Date.now();
  };
  const ask = async ({ aud, fresh }: Asked, outcome: Outcome) => {
    const startedAt = performance.now();
    outcome.sent += 1;
    try {
      const answer = await post(agent, url, callerToken, { aud, fresh });
      const milliseconds = performance.now() - startedAt;
      outcome.latencies.add(milliseconds);
      if (milliseconds > deadlineMilliseconds) outcome.late += 1;
      const fault = findFault(answer);
      if (fault !== undefined) return void outcome.errors.push(fault);
      const { token, code } = JSON.parse(answer.body);
      if (answer.status === 200 && !isRight(token, aud)) outcome.wrongTokens += 1;
      const key = answer.status === 200 ? 'token' : code;
      outcome.answers.set(key, (outcome.answers.get(key) ?? 0) + 1);
    } catch (error) {
      outcome.errors.push((error as NodeJS.ErrnoException).code ?? String(error));
    }
  };
  return {
    async run(seconds, next) {
      const outcome = newOutcome();
      const endsAt = performance.now() + seconds * 1000;
      const work = async () => {
        while (performance.now() < endsAt) await ask(await next(), outcome);
      };
      await Promise.all(Array.from({ length: connections }, work));
      return outcome;
    },
    close: () => agent.destroy(),
  };
}

function newOutcome(): Outcome {
  return { sent: 0, answers: new Map(), wrongTokens: 0, errors: [], late: 0, latencies: new Latencies() };
}

async function fetchKeys(url: string): Promise<Map<string, KeyObject>> {
  const { keys } = await (await fetch(`${url}/.well-known/jwks.json`)).json();
  return new Map(keys.map((jwk: { kid: string }) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
}

function isSignedBy(keys: Map<string, KeyObject>, token: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const key = keys.get(kid);
  const input = Buffer.from(`${header}.${payload}`);
  return (
    alg === 'RS256' && key !== undefined && verify('sha256', input, key, Buffer.from(signature, 'base64url'))
  );
}

function post(
  agent: Agent,
  url: string,
  callerToken: string,
  { aud, fresh }: Asked,
): Promise<{ status: number; type: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${callerToken}`,
      'content-type': 'application/json',
      ...(fresh && { 'cache-control': 'no-cache' }),
    };
    const call = request(`${url}/v1/tokens`, { method: 'POST', agent, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'], body }),
      );
      answer.on('error', reject);
    });
    call.on('error', reject);
    call.end(JSON.stringify({ claims: { aud } }));
  });
}
