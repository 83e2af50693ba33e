import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { expect, test } from 'vitest';
import { startBatchFunction } from '../../support/batch-function.ts';
import { blocksOf } from '../../support/markdown.ts';

test('the client that the README makes for the local cloud reads its secrets', async () => {
  const { emulator } = await startBatchFunction();
  const block = blocksOf('README.md').find(
    ({ heading, language }) => heading === 'Locally' && language === 'ts',
  );
  expect(block?.code).toContain('port: 8090');
  const code = block?.code.replace('8090', new URL(emulator.origin).port).replace(/^import .*$/m, '');
  const makeClient = new Function('SecretManagerServiceClient', `${code}\nreturn secrets;`);
  const client: SecretManagerServiceClient = makeClient(SecretManagerServiceClient);
  const [secrets] = await client.listSecrets({ parent: 'projects/countersign-local' });
  expect(secrets.map(({ name }) => name?.split('/').at(-1))).toContain('batch-one');
});
