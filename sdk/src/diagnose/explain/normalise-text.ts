/** Error texts are short; what comes after this is a stack or a dump. */
const textLimit = 8_192;

const entities: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&#34;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

/**
 * The text without what JSON, HTML and logs put into it: escapes, entities, curly quotes, runs of white space, and
 * the underscores of Envoy's response code details (`jwt_authn_access_denied{Jwt_is_expired}`).
 */
export function normaliseText(text: string): string {
  // Each run of backslashes is looked at once, from its first: a text may be nothing else.
  return text
    .slice(0, textLimit)
    .replaceAll(/&(?:quot|#34|#39|apos|lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
    .replaceAll(/(?<!\\)\\+u00(22|27)/gi, (_, code: string) => (code === '22' ? '"' : "'"))
    .replaceAll(/(?<!\\)\\+[nrt]/g, ' ')
    .replaceAll(/(?<!\\)\\+(?=["'/])/g, '')
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201c\u201d]/g, '"')
    .replaceAll(/(?<!\w)(?:Jwt|Jwks|Audiences)_\S{1,100}/gi, (details) => details.replaceAll('_', ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const jwtWords =
  /json ?web ?(?:token|key|signature)|\bjw[tks]s?\b|\bjwt|jose\b|\bbearer\b|\b(?:id|access)[_ ]?token|\boidc\b|\boauth|firebase|\bpem\b|\bcookie\b.*\btoken\b/i;

/** Whether something in the text says that it is about a JWT. */
export function speaksOfJwt(text: string): boolean {
  return jwtWords.test(text);
}

const separators = /[\s:=,|"'()[\]{}<>-]+/;
const logWord =
  /^(?:[\d.+/TZ]*|error|warn|warning|info|debug|fatal|critical|err|msg|message|detail|reason|cause|uncaught|unhandled|exception|verification|failed|level|severity|stderr|unauthorized|status|code|(?:\w{0,30}(?:jwt|jws|jose|token|auth|verif|signature|claim|decode)\w{0,30})?(?:Error|Exception))$/i;
const afterText = /^["'.!)\]}\s]*(?:$|at |, ?"|\()/;

/** Whether only the trappings of a log line, a class name or JSON stand around a match. */
export function isAllThereIs(text: string, start: number, end: number): boolean {
  if (start > 200 || !afterText.test(text.slice(end, end + 40))) return false;
  return text
    .slice(0, start)
    .split(separators)
    .every((word) => logWord.test(word));
}
