import type { Emulator, Identity } from '../../../emulator/emulator.ts';
import type { Log } from '../../../functions/issuance/log.ts';

/** An ID token of the identity for the audience, past every fault. */
export async function callerToken(emulator: Emulator, identity: Identity, audience: string): Promise<string> {
  const query = new URLSearchParams({ audience, format: 'full' });
  const path = '/computeMetadata/v1/instance/service-accounts/default/identity';
  const answer = await fetch(`http://127.0.0.1:${emulator.ports[identity]}${path}?${query}`, {
    headers: { 'metadata-flavor': 'Google' },
  });
  return answer.text();
}

/** Keeps the log's lines to itself; answers all of them so far. */
export function captureLog(log: Log): () => string {
  const lines: string[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    log[level] = (...line: unknown[]) => void lines.push(JSON.stringify(line));
  }
  return () => lines.join('\n');
}
