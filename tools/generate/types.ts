import { compile } from 'json-schema-to-typescript';
import { type Contract, titleOf, withLocalRefs } from './contract.ts';
import { banner } from './files.ts';

/** TypeScript types of the contract's schemas, of the problem codes and of the profiles. */
export async function generateTypes(contract: Contract, schemaNames: string[]): Promise<string> {
  const definitions = Object.fromEntries(
    schemaNames.map((name) => [
      titleOf(contract, name),
      withLocalRefs(contract, contract.schemas[name] ?? {}, '#/$defs/'),
    ]),
  );
  const types = await compile({ title: 'Contract', $defs: definitions }, 'Contract', {
    bannerComment: '',
    unreachableDefinitions: true,
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  return `${banner}${withoutRoot(types)}`;
}

/** The schemas that the SDK speaks: of the operations that name a caller, of problems, of key sets and of batches. */
export function sdkSchemaNames(contract: Contract): string[] {
  const spoken = Object.values(contract.operations)
    .filter(({ authenticated }) => authenticated)
    .flatMap(({ request, response, alternativeResponse }) => [request, response, alternativeResponse])
    .filter((name) => name !== undefined);
  return [
    ...new Set([...spoken, 'claims-set', 'problem', 'jwk-set', 'batch-message', 'batch-result']),
  ].sort();
}

/** The compiler wants a root type; the contract has none, so its empty one is taken out again. */
function withoutRoot(types: string): string {
  return types
    .replace(/export interface Contract \{\s*(\[k: string\]: unknown;\s*)?\}\n/, '')
    .replaceAll(/\/\*\*\n \* This interface was referenced by `Contract`'s JSON-Schema[^/]*\*\/\n/g, '')
    .replaceAll(/ \*\n \* This interface was referenced by [^\n]*\n \* via the [^\n]*\n/g, '');
}
