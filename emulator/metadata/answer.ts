import type { Answer, ApiRequest } from '../http/route.ts';

/** By this header a client knows that it spoke to a metadata server; google-auth-library refuses answers without. */
const metadataHeaders = {
  'metadata-flavor': 'Google',
  server: 'Metadata Server for VM',
  'x-frame-options': '0',
};

export function text(body: string, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, headers: { ...metadataHeaders, 'content-type': 'application/text', ...headers }, body };
}

export function metadataJson(body: unknown): Answer {
  return text(JSON.stringify(body), 200, { 'content-type': 'application/json' });
}

/** Errors of the metadata server are HTML, not the envelope of the APIs. */
export function html(status: number, title: string, headers: Record<string, string> = {}): Answer {
  const page = `<!DOCTYPE html>\n<html lang=en>\n<title>Error ${status} (${title})</title>\n<p><b>${status}.</b> ${title}\n`;
  return text(page, status, { 'content-type': 'text/html; charset=UTF-8', ...headers });
}

/**
 * Refuses what the metadata server refuses: a request without `Metadata-Flavor: Google`, and a forwarded one, both
 * to keep request forgery out. Undefined when the request may pass.
 */
export function refuse(request: ApiRequest): Answer | undefined {
  const flavor = request.headers['metadata-flavor'];
  if (flavor !== 'Google' || request.headers['x-forwarded-for'] !== undefined) return html(403, 'Forbidden');
  return undefined;
}
