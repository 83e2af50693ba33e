import {
  decodeBase64Url,
  firstForeignCharacter,
  isJsonObject,
  type JsonObject,
  parseJson,
} from './base64url.ts';
import type { Observation } from './finding.ts';
import { readPastedJson, recogniseForeignForm } from './foreign-forms.ts';
import { codePoint, quoteText } from './quote.ts';
import { repairToken } from './repairs.ts';

/** The longest input that is looked at, in characters. */
const tokenLimit = 65_536;

/** What Cloud Run puts in place of a signature that it checked itself. */
const removedSignature = 'SIGNATURE_REMOVED_BY_GOOGLE';

/** A JWS in compact serialization as far as it could be read; null where a part could not. */
export interface Jws {
  header: JsonObject | null;
  claims: JsonObject | null;
  signature: Uint8Array<ArrayBuffer> | null;
  signatureState: 'present' | 'missing' | 'removed' | 'unreadable';
  /** ASCII of header, dot and payload: what is signed (RFC 7515 section 5.1). */
  signingInput: string;
}

export interface Reading {
  observations: Observation[];
  /** Absent where nothing like a JWS was found. */
  jws?: Jws;
}

/** What a program sends for a value that it does not have, without the brackets around. */
const placeholder =
  /^(?:undefined|null|none|nil|nan|false|object Object|\$\w{1,40}|(?:your[ _-])?(?:(?:access|id)[ _-]?)?(?:token|jwt)(?:[ _-]here)?)$/i;

const wholeToken = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Reads a JWS, mending what can be mended, and tells each fault of its shape. */
export function readToken(raw: unknown): Reading {
  if (typeof raw !== 'string') return { observations: [{ code: 'token_missing' }] };
  if (raw.length > tokenLimit) {
    return { observations: [malformed('too_long', { actual: raw.length, expected: `≤ ${tokenLimit}` })] };
  }
  if (raw.trim() === '') return { observations: [{ code: 'token_missing' }] };
  if (wholeToken.test(raw)) return readSegments(raw.split('.'), []);

  const pasted = readPastedJson(raw);
  if (pasted !== undefined && 'observation' in pasted) return { observations: [pasted.observation] };
  const unwrapped = pasted?.token ?? raw;
  const { text, observations } = repairToken(unwrapped);
  if (pasted !== undefined) {
    observations.unshift({ code: 'surrounding_characters', reason: 'json_member', repaired: true });
  }
  if (text === '') return { observations: [{ code: 'token_missing' }, ...observations] };
  if (placeholder.test(text)) {
    const missing: Observation = { code: 'token_missing', reason: 'placeholder', actual: quoteText(text) };
    return { observations: [missing, ...observations] };
  }
  const foreign = recogniseForeignForm(text);
  if (foreign !== undefined) return { observations: [...observations, foreign] };
  return readSegments(text.split('.'), observations);
}

function readSegments(segments: string[], before: Observation[]): Reading {
  if (segments.length === 5 && isEncrypted(segments[0] ?? '')) {
    return {
      observations: [...before, { code: 'not_a_jws', reason: 'jwe', expected: 'header.payload.signature' }],
    };
  }
  if (segments.length !== 2 && segments.length !== 3) {
    return { observations: [...before, malformed('segments', { actual: segments.length, expected: 3 })] };
  }
  const observations = [...before];
  const safe = segments.map(toUrlSafe);
  if (safe.some((segment, index) => segment !== segments[index])) {
    observations.push({ code: 'base64_not_url_safe', actual: standardCharacters(segments), repaired: true });
  }
  const [headerText = '', payloadText = '', signatureText] = safe;
  const header = readJsonSegment(headerText, 'header');
  const claims = readJsonSegment(payloadText, 'payload');
  if (segments.length === 2) {
    // Two words with a dot between them are no token that lost its signature.
    const lost = header.value !== null && claims.value !== null;
    const reason = lost ? 'two_segments' : 'segments';
    observations.push(malformed(reason, { actual: 2, expected: 3 }));
    if (!lost) return { observations };
  }
  observations.push(...header.observations, ...claims.observations);
  const signature = readSignature(signatureText);
  observations.push(...signature.observations);
  return {
    observations,
    jws: {
      header: header.value,
      claims: claims.value,
      signature: signature.bytes,
      signatureState: signature.state,
      signingInput: `${headerText}.${payloadText}`,
    },
  };
}

function readJsonSegment(text: string, part: 'header' | 'payload') {
  const bytes = decodeBase64Url(text);
  if (bytes === null) return { value: null, observations: [foreignCharacter(text, part)] };
  const value = parseJson(bytes);
  if (isJsonObject(value)) return { value, observations: [] };
  const reason = text === '' ? 'empty_part' : value === undefined ? 'not_json' : 'not_an_object';
  return { value: null, observations: [malformed(reason, { claim: part, expected: '{…}' })] };
}

function readSignature(text: string | undefined): {
  state: Jws['signatureState'];
  bytes: Jws['signature'];
  observations: Observation[];
} {
  if (text === undefined || text === '') return { state: 'missing', bytes: null, observations: [] };
  if (text === removedSignature) return { state: 'removed', bytes: null, observations: [] };
  const bytes = decodeBase64Url(text);
  if (bytes === null) {
    return { state: 'unreadable', bytes, observations: [foreignCharacter(text, 'signature')] };
  }
  return { state: 'present', bytes, observations: [] };
}

function foreignCharacter(text: string, part: string): Observation {
  const position = firstForeignCharacter(text);
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  return malformed('base64url', {
    claim: part,
    actual: codePoint(character),
    expected: 'A-Z a-z 0-9 - _',
    values: { position: position + 1 },
  });
}

function malformed(reason: string, rest: Partial<Observation>): Observation {
  return { code: 'token_malformed', reason, ...rest };
}

function toUrlSafe(segment: string): string {
  return segment
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '');
}

function standardCharacters(segments: readonly string[]): string {
  const text = segments.join('.');
  return ['+', '/', '='].filter((character) => text.includes(character)).join(' ');
}

function isEncrypted(headerText: string): boolean {
  const bytes = decodeBase64Url(headerText);
  const header = bytes === null ? undefined : parseJson(bytes);
  return isJsonObject(header) && 'enc' in header;
}
