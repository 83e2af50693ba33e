import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

export type JsonSchema = { $id?: string; title?: string; description?: string } & Record<string, unknown>;

export interface ProblemRow {
  status?: number;
  title: string;
  retryable: boolean;
  remedy: string;
}

export interface OperationRow {
  method: 'GET' | 'POST';
  path: string;
  authenticated: boolean;
  summary: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  request?: string;
  response?: string;
  alternativeResponse?: string;
  /** Of an answer without a schema; JSON where left out. */
  mediaType?: string;
  problems: string[];
}

export interface ProfileRow {
  maxLifetimeSeconds?: number;
  fills?: Record<string, string>;
  verifier: Record<string, unknown>;
  [member: string]: unknown;
}

/** The whole contract as its files say it, each schema under its file's name without the ending. */
export interface Contract {
  version: string;
  schemas: Record<string, JsonSchema>;
  problems: Record<string, ProblemRow>;
  sdkProblems: Record<string, ProblemRow>;
  operations: Record<string, OperationRow>;
  profiles: Record<string, ProfileRow>;
}

const root = new URL('../../', import.meta.url);
const folder = new URL('functions/contract/', root);

/** Reads `functions/contract` and the SDK's version, which is the contract's. */
export function readContract(): Contract {
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  const names = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
  return {
    version: JSON.parse(readFileSync(new URL('sdk/package.json', root), 'utf8')).version,
    schemas: Object.fromEntries(names.sort().map((name) => [basename(name, '.schema.json'), read(name)])),
    problems: read('problems.json'),
    sdkProblems: read('sdk-problems.json'),
    operations: read('operations.json'),
    profiles: { ...read('profiles.json'), ...read('diagnosis-profiles.json') },
  };
}

/** The name that a schema's title gives it in TypeScript and in OpenAPI's components. */
export function titleOf(contract: Contract, name: string): string {
  const title = contract.schemas[name]?.title;
  if (title === undefined) throw new Error(`${name}.schema.json is not there, or has no title`);
  return title;
}

/** The schema with every `$ref` to another file turned into one to `prefix` and that file's title. */
export function withLocalRefs(contract: Contract, schema: JsonSchema, prefix: string): JsonSchema {
  const text = JSON.stringify(schema, (key, value) =>
    key === '$schema' || key === '$id' ? undefined : value,
  );
  const linked = text.replaceAll(
    /"urn:countersign:schema:([a-z-]+)"/g,
    (_, name: string) => `"${prefix}${titleOf(contract, name)}"`,
  );
  return JSON.parse(linked);
}

/** The schemas that the HTTP API speaks of: those of its operations, of problems, and what these refer to. */
export function apiSchemaNames(contract: Contract): string[] {
  const found = new Set<string>();
  const add = (name: string | undefined) => {
    if (name === undefined || found.has(name)) return;
    found.add(name);
    const references = JSON.stringify(contract.schemas[name]).matchAll(/"urn:countersign:schema:([a-z-]+)"/g);
    for (const [, referred] of references) add(referred);
  };
  for (const { request, response, alternativeResponse } of Object.values(contract.operations)) {
    for (const name of [request, response, alternativeResponse]) add(name);
  }
  add('problem');
  return [...found].sort();
}
