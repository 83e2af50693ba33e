import { readLock, readManifest } from '../supply-chain/lock-file.ts';
import { readRules } from '../supply-chain/rules.ts';
import { generateApiPage } from './api-page.ts';
import { readContract } from './contract.ts';
import { generateDependenciesPage } from './dependencies-page.ts';
import { generateErrorsPage } from './errors-page.ts';
import { generateFaultsPage } from './faults.ts';
import { findStale, type GeneratedFiles, writeStale } from './files.ts';
import { drawHouse } from './house-picture.ts';
import { generateOpenApi } from './openapi.ts';
import { generatePage } from './page.ts';
import { generateSdkProfiles } from './profiles.ts';
import { generateProblems, generateSdkOperations, generateSdkProblems } from './tables.ts';
import { generateTypes, sdkSchemaNames } from './types.ts';
import { generateValidators } from './validators.ts';

const contract = readContract();
const openApi = generateOpenApi(contract);
const files: GeneratedFiles = {
  'functions/contract/openapi.json': openApi,
  'docs/api.md': generateApiPage(contract, openApi),
  'docs/house.svg': drawHouse(),
  'docs/errors.md': generateErrorsPage(contract),
  'functions/contract/generated/types.ts': await generateTypes(contract, Object.keys(contract.schemas)),
  'functions/contract/generated/problems.ts': generateProblems(contract),
  ...(await generateValidators(contract)),
  'sdk/src/generated/types.ts': await generateTypes(contract, sdkSchemaNames(contract)),
  'sdk/src/generated/problems.ts': generateSdkProblems(contract),
  'sdk/src/generated/operations.ts': generateSdkOperations(contract),
  'sdk/src/generated/profiles.ts': generateSdkProfiles(contract),
  'docs/faults.md': generateFaultsPage(contract),
  'docs/dependencies.md': generateDependenciesPage({
    lock: readLock(),
    manifest: readManifest('package.json'),
    sdk: readManifest('sdk/package.json'),
    rules: readRules(),
  }),
};

/** Built of generated files among others, so when these are written. */
const generateLate = async (): Promise<GeneratedFiles> => ({
  'functions/contract/generated/page.ts': await generatePage(),
});

if (process.argv.includes('--check')) {
  const stale = findStale({ ...files, ...(await generateLate()) });
  for (const path of stale) console.error(`stale: ${path}; run npm run generate and commit the result`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  const written = writeStale(files);
  for (const path of [...written, ...writeStale(await generateLate())]) console.log(`wrote ${path}`);
}
