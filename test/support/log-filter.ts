import { fieldOf, type LogEntry } from './log-entry.ts';

type Condition = (entry: LogEntry) => boolean;

const term = /^([\w.]+)(=|!=|>=|<=)("[^"]*"|-?\d+|\((?:"[^"]*"(?: OR )?)+\))$/;

/**
 * The part of Cloud Logging's query language that our metrics use: comparisons joined by AND, a list of alternatives
 * in parentheses. What it does not know it refuses, so that no filter passes unread.
 */
export function compileFilter(filter: string): Condition {
  // Inside of parentheses there are only alternatives, so that every AND joins comparisons.
  const conditions = filter.split(' AND ').map(compileTerm);
  return (entry) => conditions.every((matches) => matches(entry));
}

function compileTerm(text: string): Condition {
  const [, path = '', operator, operand = ''] = term.exec(text) ?? [];
  if (operator === undefined) throw new Error(`a filter that is not known here: ${text}`);
  const strings = [...operand.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value);
  return (entry) => {
    const value = fieldOf(entry, path);
    if (value === undefined) return false;
    if (operator === '=')
      return strings.length > 0 ? strings.includes(String(value)) : value === Number(operand);
    if (operator === '!=') return !strings.includes(String(value));
    return operator === '>=' ? Number(value) >= Number(operand) : Number(value) <= Number(operand);
  };
}

/** What `EXTRACT(FIELD)` takes from an entry, as text; undefined where there is nothing. */
export function extract(extractor: string, entry: LogEntry): string | undefined {
  const [, path] = /^EXTRACT\(([\w.]+)\)$/.exec(extractor) ?? [];
  if (path === undefined) throw new Error(`an extractor that is not known here: ${extractor}`);
  const value = fieldOf(entry, path);
  return value === undefined ? undefined : String(value);
}
