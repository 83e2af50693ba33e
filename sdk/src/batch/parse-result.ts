import type { BatchResult } from '../generated/types.ts';

/** The result in a JSON text. Throws where it is none, whoever wrote it. */
export function parseResult(text: string): BatchResult {
  const result = JSON.parse(text);
  const { results = [], problem = {} } = result;
  if (![result, problem, ...results].every((one) => Object(one) === one)) throw new TypeError('not a result');
  return result;
}
