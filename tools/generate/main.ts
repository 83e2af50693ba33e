import { readContract } from './contract.ts';
import { findStale, type GeneratedFiles, writeStale } from './files.ts';
import { generateOpenApi } from './openapi.ts';
import { generateSdkProfiles } from './profiles.ts';
import { generateProblems, generateSdkOperations, generateSdkProblems } from './tables.ts';
import { generateTypes, sdkSchemaNames } from './types.ts';
import { generateValidators } from './validators.ts';

const contract = readContract();
const files: GeneratedFiles = {
  'functions/contract/openapi.json': generateOpenApi(contract),
  'functions/contract/generated/types.ts': await generateTypes(contract, Object.keys(contract.schemas)),
  'functions/contract/generated/problems.ts': generateProblems(contract),
  ...(await generateValidators(contract)),
  'sdk/src/generated/types.ts': await generateTypes(contract, sdkSchemaNames(contract)),
  'sdk/src/generated/problems.ts': generateSdkProblems(contract),
  'sdk/src/generated/operations.ts': generateSdkOperations(contract),
  'sdk/src/generated/profiles.ts': generateSdkProfiles(contract),
};

if (process.argv.includes('--check')) {
  const stale = findStale(files);
  for (const path of stale) console.error(`stale: ${path}; run npm run generate and commit the result`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const path of writeStale(files)) console.log(`wrote ${path}`);
}
