import { apiSchemaNames, type Contract, type OperationRow, titleOf, withLocalRefs } from './contract.ts';

const schemaPrefix = '#/components/schemas/';

/** The OpenAPI 3.1 document made of the schemas, the operations and the problem table. */
export function generateOpenApi(contract: Contract): string {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, operation] of Object.entries(contract.operations)) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = describeOperation(contract, operationId, operation);
    paths[operation.path] = methods;
  }
  const schemas = Object.fromEntries(
    apiSchemaNames(contract).map((name) => [
      titleOf(contract, name),
      withLocalRefs(contract, contract.schemas[name] ?? {}, schemaPrefix),
    ]),
  );
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: contract.version,
      description: 'A keyless JWT signer for Google Cloud. No private key is downloaded, stored or seen.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: {
        callerIdToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "The caller's Google ID token, whose aud is this service's URL.",
        },
      },
      schemas,
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function describeOperation(contract: Contract, operationId: string, operation: OperationRow) {
  const parameters = describeParameters(operation);
  return {
    operationId,
    summary: operation.summary,
    ...(operation.authenticated ? { security: [{ callerIdToken: [] }] } : { security: [] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.request
      ? { requestBody: { required: true, ...jsonContent(contract, [operation.request]) } }
      : {}),
    responses: { '200': describeSuccess(contract, operation), ...describeProblems(contract, operation) },
  };
}

function describeParameters(operation: OperationRow) {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const optional = (place: 'query' | 'header', entries: Record<string, string> = {}) =>
    Object.entries(entries).map(([name, description]) => ({
      name,
      in: place,
      description,
      schema: { type: 'string' },
    }));
  return [...inPath, ...optional('query', operation.query), ...optional('header', operation.headers)];
}

function describeSuccess(contract: Contract, operation: OperationRow) {
  const names = [operation.response, operation.alternativeResponse].filter((name) => name !== undefined);
  if (names.length === 0) {
    const { mediaType = 'application/json' } = operation;
    return { description: 'The document.', content: { [mediaType]: {} } };
  }
  return { description: contract.schemas[names[0] ?? '']?.description, ...jsonContent(contract, names) };
}

function describeProblems(contract: Contract, operation: OperationRow) {
  const byStatus = new Map<number, string[]>();
  for (const code of operation.problems) {
    const status = contract.problems[code]?.status;
    if (status === undefined) throw new Error(`operations.json names the unknown problem ${code}`);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${contract.problems[code]?.title}.`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: `${schemaPrefix}ProblemDocument` } } },
      },
    ]),
  );
}

function jsonContent(contract: Contract, names: string[]) {
  const refs = names.map((name) => ({ $ref: `${schemaPrefix}${titleOf(contract, name)}` }));
  return { content: { 'application/json': { schema: refs.length === 1 ? refs[0] : { anyOf: refs } } } };
}
