import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import type { Contract } from './contract.ts';
import { banner, type GeneratedFiles } from './files.ts';

/** Schemas that the function holds its input against, and the names of their validators. */
const validated = {
  'claim-request': 'validateClaimRequest',
  'id-token-request': 'validateIdTokenRequest',
  'signature-request': 'validateSignatureRequest',
  'batch-message': 'validateBatchMessage',
  policy: 'validatePolicy',
} as const;

const folder = 'functions/contract/generated';

/**
 * Validators compiled by ajv ahead of time: compiling at start costs some 60 ms of every cold start,
 * loading these under one. ajv's own run-time helpers are bundled in, since its ESM output still calls require.
 */
export async function generateValidators(contract: Contract): Promise<GeneratedFiles> {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  for (const schema of Object.values(contract.schemas)) ajv.addSchema(schema);
  const exports = Object.fromEntries(
    Object.entries(validated).map(([name, validator]) => [validator, `urn:countersign:schema:${name}`]),
  );
  const bundled = await build({
    stdin: { contents: standaloneCode.default(ajv, exports), resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    write: false,
  });
  const declarations = Object.values(validated).map((name) => `export const ${name}: ValidateFunction;\n`);
  return {
    [`${folder}/validators.js`]: `${banner}${bundled.outputFiles[0]?.text}`,
    [`${folder}/validators.d.ts`]: `${banner}import type { ValidateFunction } from 'ajv';\n\n${declarations.join('')}`,
  };
}
