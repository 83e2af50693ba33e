import operationTable from '../contract/operations.json' with { type: 'json' };
import { Problem } from '../contract/problem.ts';

export type OperationId = keyof typeof operationTable;

export interface Route {
  operationId: OperationId;
  /** As the contract has it, its parameters not filled in. */
  path: string;
  authenticated: boolean;
  parameters: Record<string, string>;
  /** The query parameters that the operation has. */
  queryNames: readonly string[];
}

interface CompiledRoute {
  operationId: OperationId;
  path: string;
  method: string;
  authenticated: boolean;
  queryNames: readonly string[];
  pattern: RegExp;
}

const routes: CompiledRoute[] = Object.entries(operationTable).map(([operationId, operation]) => ({
  operationId: operationId as OperationId,
  path: operation.path,
  method: operation.method,
  authenticated: operation.authenticated,
  queryNames: 'query' in operation ? Object.keys(operation.query) : [],
  pattern: compilePath(operation.path),
}));

/** `/v1/keys/{serviceAccount}` as an expression with a named group for each parameter. */
function compilePath(path: string): RegExp {
  const source = path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}$`);
}

/** A refusal that names the methods which the path does take (RFC 9110 section 10.2.1). */
export class MethodNotAllowed extends Problem {
  readonly allow: string;

  constructor(allow: string) {
    super('method_not_allowed', `The path takes ${allow}.`);
    this.allow = allow;
  }
}

/**
 * The operation of the contract that a request is for; HEAD is answered as GET.
 * @throws Problem `not_found` or `method_not_allowed`
 */
export function findRoute(method: string, path: string): Route {
  const matches = routes.flatMap((route) => {
    const match = route.pattern.exec(path);
    return match ? [{ route, groups: match.groups ?? {} }] : [];
  });
  if (matches.length === 0) {
    throw new Problem('not_found', 'There is nothing at this path; the routes are in /openapi.json.');
  }
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = matches.find(({ route }) => route.method === wanted);
  if (found === undefined) {
    const allow = matches
      .map(({ route }) => (route.method === 'GET' ? 'GET, HEAD' : route.method))
      .join(', ');
    throw new MethodNotAllowed(allow);
  }
  const { operationId, path: template, authenticated, queryNames } = found.route;
  return {
    operationId,
    path: template,
    authenticated,
    queryNames,
    parameters: decodeParameters(found.groups),
  };
}

function decodeParameters(groups: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    throw new Problem('not_found', 'The path holds a percent sign that encodes nothing.');
  }
}
