import { Problem } from '../contract/problem.ts';

/**
 * The `validateOnly` query parameter (AIP-163). A value that is neither true nor false is refused: taken for false it
 * would sign what was only to be checked.
 * @throws Problem `invalid_request`
 */
export function readValidateOnly(query: URLSearchParams): boolean {
  const values = query.getAll('validateOnly');
  if (values.length === 0) return false;
  const [value] = values;
  if (values.length === 1 && (value === 'true' || value === 'false')) return value === 'true';
  throw new Problem('invalid_request', 'The query parameter validateOnly is true or false, once.');
}
