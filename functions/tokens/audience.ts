import type { ProblemFault } from '../contract/generated/types.ts';
import { fault, pointerTo } from './fault.ts';

const controlCharacters = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}]/u;
const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i;

/** The audiences of an `aud` claim (RFC 7519 section 4.1.3), one or several, as a list. */
export function audiencesOf(aud: string | string[]): string[] {
  return typeof aud === 'string' ? [aud] : aud;
}

/** Faults of an `aud` claim whose type is right: its URLs must be such that every verifier reads the same in them. */
export function checkAudience(aud: unknown): ProblemFault[] {
  if (typeof aud === 'string') return checkOne(aud, '/claims/aud');
  if (!Array.isArray(aud)) return [];
  return aud.flatMap((item, index) =>
    typeof item === 'string' ? checkOne(item, pointerTo('/claims/aud', index)) : [],
  );
}

function checkOne(audience: string, pointer: string): ProblemFault[] {
  if (controlCharacters.test(audience)) {
    return [
      fault(pointer, audience, 'no white space, no control character', 'Remove what is not to be seen.'),
    ];
  }
  if (!hasScheme.test(audience) && !/^https?:/i.test(audience)) return [];
  return checkUrl(audience, pointer);
}

function checkUrl(audience: string, pointer: string): ProblemFault[] {
  if (!URL.canParse(audience)) return [fault(pointer, audience, 'a URL', 'Mend the URL; it does not parse.')];
  const url = new URL(audience);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return [fault(pointer, audience, 'an https URL', 'Use https, or an audience that is no URL.')];
  }
  if (url.username !== '' || url.password !== '') {
    return [fault(pointer, audience, 'a URL without user info', 'Remove what stands before the @.')];
  }
  if (audience.includes('\\')) {
    return [fault(pointer, audience, 'a URL without a backslash', 'Write slashes.')];
  }
  // The WHATWG form is what clients send and verifiers compare; a string that differs from it reads in two ways.
  if (url.href !== audience && !(url.pathname === '/' && url.href === `${audience}/`)) {
    const form = url.href.length <= 64 ? ` ${url.href}` : '';
    return [
      fault(pointer, audience, `the URL in its normal form${form}`, 'Write it as every client sends it.'),
    ];
  }
  return [];
}
