import { type BatchMessage, buildBatchMessage } from '../../sdk/src/batch/index.ts';
import { publicReplyKey, replies } from './batch-function.ts';

const secrets = ['one', 'two', 'three'].map((name) => `projects/countersign-local/secrets/batch-${name}`);

/** Batches of so many items each, every fourth to the reply topic and the others to three secrets in turn. */
export function buildBatches(count: number, items: number): BatchMessage[] {
  return Array.from({ length: count }, (_each, batch) => {
    const requests = Array.from({ length: items }, (_item, index) => ({
      id: `${index}`,
      claims: { aud: `https://batch-${batch}-${index}.example.com` },
    }));
    const secret = secrets[batch % 3] ?? '';
    const deliverTo = batch % 4 === 3 ? { topic: replies, jwk: publicReplyKey } : { secret };
    return buildBatchMessage({ requestId: `chaos-${batch}`, requests, deliverTo });
  });
}

/** What goes wrong: each with how many calls it meets. */
export function faultsFor(batches: number) {
  return [
    { api: 'signJwt', status: 429, count: batches },
    { api: 'signJwt', status: 503, count: batches },
    { api: 'signJwt', resetAfterBytes: 0, count: Math.ceil(batches / 4) },
    { api: 'secrets.addVersion', status: 503, count: Math.ceil(batches / 4) },
    { api: 'secrets.get', status: 503, count: Math.ceil(batches / 4) },
    { api: 'secrets.patch', status: 503, count: Math.ceil(batches / 10) },
    { api: 'topics.publish', identity: 'countersign' as const, status: 503, count: 1 },
  ];
}
