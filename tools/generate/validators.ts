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
 * The one of JSON Schema itself is for the schemas that a policy brings, and in a file that only those load.
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
  return {
    ...(await moduleOf('validators', ajv, exports)),
    ...(await moduleOf('json-schema-validator', new Ajv2020({ code: { source: true, esm: true } }), {
      validateJsonSchema: 'https://json-schema.org/draft/2020-12/schema',
    })),
  };
}

async function moduleOf(
  name: string,
  ajv: Ajv2020,
  exports: Record<string, string>,
): Promise<GeneratedFiles> {
  const bundled = await build({
    stdin: { contents: standaloneCode.default(ajv, exports), resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    // A file is named by where it lies in the project, also where node_modules is a link to elsewhere.
    preserveSymlinks: true,
    write: false,
  });
  const declarations = Object.keys(exports).map((each) => `export const ${each}: ValidateFunction;\n`);
  return {
    [`${folder}/${name}.js`]: `${banner}${bundled.outputFiles[0]?.text}`,
    [`${folder}/${name}.d.ts`]: `${banner}import type { ValidateFunction } from 'ajv';\n\n${declarations.join('')}`,
  };
}
