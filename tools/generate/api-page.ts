import { type Contract, titleOf, withLocalRefs } from './contract.ts';
import { pageBanner } from './files.ts';
import { linkOf, schemaTable } from './schema-table.ts';

interface Content {
  content?: Record<string, { schema?: { $ref?: string; anyOf?: { $ref: string }[] } }>;
}

interface Parameter {
  name: string;
  in: string;
  description?: string;
}

interface Operation {
  summary: string;
  security: object[];
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content & { description?: string }>;
}

/** The parts of an OpenAPI document that the page is made of. */
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { description?: string }> };
}

/** What a batch is asked for and answered with goes over Pub/Sub, and so is not in the OpenAPI document. */
const batchSchemas = ['batch-message', 'batch-result'];

/** `docs/api.md`: the operations and bodies of the OpenAPI document, and the messages of batches. */
export function generateApiPage(contract: Contract, openApi: string): string {
  const { paths, components }: OpenApi = JSON.parse(openApi);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => describeOperation(method, path, operation)),
  );
  const bodies = Object.entries(components.schemas).map(([name, schema]) => describeBody(name, schema));
  const messages = batchSchemas.map((name) => {
    const schema = withLocalRefs(contract, contract.schemas[name] ?? {}, '#/');
    return describeBody(titleOf(contract, name), schema);
  });
  return `${pageBanner('functions/contract')}# The API

What [openapi.json](../functions/contract/openapi.json) says, and \`GET /openapi.json\` of every function; what goes wrong is
in [errors.md](errors.md). Bodies are JSON in UTF-8, at most 64 KiB. A caller sends a Google ID token whose \`aud\` is the
service's URL as \`Authorization: Bearer\`, and on Cloud Run as \`X-Serverless-Authorization\` too.

${operations.join('\n')}
## Bodies

${bodies.join('\n')}
## Batches

A Pub/Sub message asks for a batch; its result comes as a secret's version, or encrypted to a topic. How is told in the
[README](../README.md#ask-from-a-batch-job).

${messages.join('\n')}`;
}

function describeOperation(method: string, path: string, operation: Operation): string {
  const { summary, security, parameters = [], requestBody, responses } = operation;
  const { 200: success, ...failures } = responses;
  const codes = Object.values(failures).flatMap(({ description = '' }) =>
    [...description.matchAll(/`(\w+)`/g)].map(([, code]) => `[\`${code}\`](errors.md#${code})`),
  );
  const parts = [
    `## ${method.toUpperCase()} ${path}`,
    summary,
    security.length > 0 ? 'Asks for a caller.' : 'Open to all whom Cloud Run lets through.',
    parameters.map(describeParameter).join('\n'),
    requestBody === undefined ? '' : `Takes ${bodiesOf(requestBody)}.`,
    `Answers ${bodiesOf(success)}.`,
    `Fails with ${codes.join(', ')}.`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const describeParameter = ({ name, in: place, description }: Parameter) =>
  `- \`${name}\` (${place})${description ? `: ${description}` : ''}`;

function bodiesOf({ content = {} }: Content = {}): string {
  return Object.entries(content)
    .map(([mediaType, { schema }]) => {
      if (schema === undefined) return `\`${mediaType}\``;
      return (schema.anyOf ?? [schema]).map(({ $ref = '' }) => linkOf($ref)).join(' or ');
    })
    .join(' or ');
}

function describeBody(name: string, schema: { description?: string }): string {
  return `### ${name}\n\n${schema.description ?? ''}\n\n${schemaTable(schema)}\n`;
}
