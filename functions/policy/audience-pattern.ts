import { checkAudience } from '../tokens/audience.ts';

/** One entry of a binding's `audiences`. */
export interface AudiencePattern {
  source: string;
  /** Whether it has no wildcard, and so allows exactly the audience that it spells. */
  isLiteral: boolean;
  matches: (audience: string) => boolean;
}

/**
 * Compiles one audience pattern. `*` in an https URL's host is one label, not the one under a public suffix, and a
 * trailing `/*` is any path; everything is matched whole-string.
 * @throws RangeError (as a rejection) that says what is wrong with the pattern
 */
export async function compileAudiencePattern(source: string): Promise<AudiencePattern> {
  if (!source.includes('*')) {
    refuseUnreadable(source);
    return { source, isLiteral: true, matches: (audience) => audience === source };
  }
  const parts = /^https:\/\/([^/:?#]+)(:\d+)?(\/[^?#]*)?$/.exec(source);
  if (parts === null) throw new RangeError('a wildcard needs an https URL without query and fragment');
  const [, host = '', port = '', path = ''] = parts;
  const prefix = path.endsWith('/*') ? path.slice(0, -1) : path;
  if (prefix.includes('*')) throw new RangeError('a path takes a wildcard at its end only, as /*');
  refuseUnreadable(`https://${host.replaceAll('*', 'x')}${port}${prefix}`);
  if (host.includes('*')) await refuseWideHost(host);
  const anyPath = prefix === path ? '' : '[^?#*\\\\]*';
  const expression = new RegExp(`^https://${hostExpression(host)}${port}${escapeLiteral(prefix)}${anyPath}$`);
  return {
    source,
    isLiteral: false,
    // A wildcard that is itself signed (IAP reads https://host/* so) is allowed by that very string alone.
    matches: (audience) =>
      audience === source || (expression.test(audience) && checkAudience(audience).length === 0),
  };
}

function refuseUnreadable(literal: string): void {
  const [found] = checkAudience(literal);
  if (found !== undefined) throw new RangeError(`expected ${found.expected}: ${found.hint}`);
}

async function refuseWideHost(host: string): Promise<void> {
  const labels = host.split('.');
  if (labels.some((label) => label !== '*' && label.includes('*'))) {
    throw new RangeError('a wildcard in a host stands for one whole label');
  }
  const { registrableDomain } = await import('./public-suffixes.ts');
  const registrable =
    registrableDomain(host.replaceAll('*', 'x'))?.split('.').length ?? Number.POSITIVE_INFINITY;
  if (labels.slice(-registrable).includes('*')) {
    throw new RangeError(
      'a wildcard may not stand for the label under a public suffix: anyone can register it',
    );
  }
}

function hostExpression(host: string): string {
  return host
    .split('.')
    .map((label) => (label === '*' ? '[a-z0-9-]+' : escapeLiteral(label)))
    .join('\\.');
}

function escapeLiteral(literal: string): string {
  return literal.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
