import { Limiter } from '../../functions/events/limiter.ts';
import { signItems } from '../../functions/events/sign-items.ts';
import { createIamSigner } from '../../functions/google/iam-signer.ts';
import { batchScope, createBatchIssuance, decideItems } from './batch-issuance.ts';

export const items = 1000;
export const atOnce = 64;

/** Milliseconds that each of so many batches takes to be signed by an IAM on this port, decided beforehand. */
async function signBatches(iamPort: number, count: number): Promise<number[]> {
  const times: number[] = [];
  const origin = `http://127.0.0.1:${iamPort}`;
  const credentials = {
    accessToken: async () => 'ya29.bench',
    email: async () => '',
    discard: () => undefined,
  };
  const issuance = await createBatchIssuance(
    createIamSigner({ iamCredentials: origin, keys: origin, isLocal: false }, credentials),
  );
  for (let batch = 0; batch < count; batch += 1) {
    const decided = await decideItems(issuance, items);
    const began = performance.now();
    const entries = await signItems(decided, new Limiter(atOnce), batchScope());
    times.push(performance.now() - began);
    if (entries.some(({ token }) => token === undefined)) throw new Error('An item was not signed.');
  }
  return times;
}

// As in the function, whose server has loaded it before the first batch comes.
process.getBuiltinModule('node:http');
if (import.meta.main) console.log(JSON.stringify(await signBatches(Number(process.argv[2]), 3)));
