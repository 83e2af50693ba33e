import { Limiter } from '../../functions/events/limiter.ts';
import { signItems } from '../../functions/events/sign-items.ts';
import { createIamSigner } from '../../functions/google/iam-signer.ts';
import { createMetadataCredentials } from '../../functions/google/metadata-credentials.ts';
import { batchScope, createBatchIssuance, decideItems } from './batch-issuance.ts';

export const items = 1000;
export const atOnce = 64;

/**
 * Milliseconds that each of so many batches takes to be signed by an IAM on this port. They are decided beforehand,
 * and as where a batch goes to a secret, the access token is there: the secret is looked at first.
 */
async function signBatches(iamPort: number, metadataHost: string, count: number): Promise<number[]> {
  const times: number[] = [];
  const origin = `http://127.0.0.1:${iamPort}`;
  const credentials = createMetadataCredentials(`http://${metadataHost}`);
  await credentials.accessToken(performance.now() + 5_000);
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

if (import.meta.main) {
  const [iamPort, metadataHost = ''] = process.argv.slice(2);
  console.log(JSON.stringify(await signBatches(Number(iamPort), metadataHost, 3)));
}
