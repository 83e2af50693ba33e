import { type JsonResult, maxRequestBytes, parseJson } from '../tokens/parse-json.ts';
import type { Exchange } from './exchange.ts';
import { headerValues } from './headers.ts';
import { readJsonText } from './read-body.ts';

/** The request's body as JSON, its faults with it. @throws Problem where it is no JSON text of at most 64 KiB */
export async function readJson({ request, scope }: Exchange): Promise<JsonResult> {
  const bounds = { maxBytes: maxRequestBytes, deadline: scope.deadline };
  return parseJson(await readJsonText(request, bounds));
}

/** Whether the request says `Cache-Control: no-cache` (RFC 9111 section 5.2.1.4): then nothing is reused. */
export function asksForFresh({ request }: Exchange): boolean {
  return headerValues(request, 'cache-control').some((value) => /(^|[\s,])no-cache($|[\s,])/i.test(value));
}
