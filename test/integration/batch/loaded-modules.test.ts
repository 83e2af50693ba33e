import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from '../../support/imports.ts';

/** Starts a target in a process of its own, and tells which packages it has loaded then. */
function packagesOf(target: string): string[] {
  const script = `
    import { createRequire } from 'node:module';
    await import('./functions/index.ts');
    const { cache } = createRequire(import.meta.url);
    const names = Object.keys(cache).map((file) => /node_modules\\/((@[^/]+\\/)?[^/]+)/.exec(file)?.[1]);
    console.log(JSON.stringify([...new Set(names)]));`;
  const env = {
    PATH: process.env.PATH,
    FUNCTION_TARGET: target,
    COUNTERSIGN_POLICY: 'tools/policies/example.json',
    COUNTERSIGN_URL: 'https://countersign-abc.run.app',
    COUNTERSIGN_BATCH_URL: 'https://countersign-batch-abc.run.app',
  };
  const args = ['--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' }));
}

test.each(['countersign', 'countersignBatch'])('%s starts without the Secret Manager client', (target) => {
  const packages = packagesOf(target);
  expect(packages).toContain('@google-cloud/functions-framework');
  expect(packages).not.toContain('@google-cloud/secret-manager');
  expect(packages).not.toContain('google-gax');
});
