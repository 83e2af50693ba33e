import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileAudiencePattern } from '../../../functions/policy/audience-pattern.ts';

const pairs = 100_000;

/** The matcher once more, slow and obvious: both strings taken apart and compared piece by piece. */
function obviousMatch(pattern: string, audience: string): boolean {
  if (audience === pattern) return true;
  if (!pattern.includes('*') || audience.includes('*')) return false;
  const wanted = takeApart(pattern);
  const given = takeApart(audience);
  if (wanted === undefined || given === undefined || wanted.port !== given.port) return false;
  if (wanted.labels.length !== given.labels.length) return false;
  const labelsFit = wanted.labels.every((label, index) => {
    const other = given.labels[index] ?? '';
    return label === '*'
      ? other !== '' && [...other].every((c) => 'abcdefghijklmnopqrstuvwxyz0123456789-'.includes(c))
      : label === other;
  });
  if (!labelsFit) return false;
  if (!wanted.path.endsWith('/*')) return wanted.path === given.path;
  const isPlain = !given.path.includes('?') && !given.path.includes('#');
  return isPlain && given.path.startsWith(wanted.path.slice(0, -1)) && isNormal(audience);
}

function takeApart(url: string): { labels: string[]; port: string; path: string } | undefined {
  if (!url.startsWith('https://')) return undefined;
  const rest = url.slice('https://'.length);
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? '' : rest.slice(slash);
  if (/[@?#\\]/.test(authority)) return undefined;
  const [host = '', port = ''] = authority.split(':');
  return { labels: host.split('.'), port, path };
}

function isNormal(url: string): boolean {
  if (/[\p{Cc}\p{Cf}\p{Z}\\]/u.test(url) || !URL.canParse(url)) return false;
  const { href, pathname } = new URL(url);
  return href === url || (pathname === '/' && href === `${url}/`);
}

const label = fc.constantFrom('a', 'b', 'corp', 'x-1', '*', 'example', 'A', 'é', '', 'evil');
const tail = fc.constantFrom(
  'example.com',
  'corp.example.com',
  'example.com.',
  'example.com.evil.com',
  'example.co.uk',
);
const port = fc.constantFrom('', '', '', ':8443', ':443');
const path = fc.constantFrom(
  '',
  '/',
  '/*',
  '/a',
  '/a/',
  '/a/*',
  '/a/b',
  '/a/../b',
  '/a/%2e%2e/b',
  '/a?b',
  '/a#b',
  '/a/b\\c',
  '/*/a',
  '/a/é',
  '/a//b',
);
const scheme = fc.constantFrom(
  'https://',
  'https://',
  'https://',
  'https://',
  'http://',
  'HTTPS://',
  '//',
  'https://u@',
);
const text = fc
  .tuple(scheme, fc.array(label, { maxLength: 2 }), tail, port, path)
  .map(([start, labels, end, at, rest]) => `${start}${[...labels, end].join('.')}${at}${rest}`);

/** Half of the pairs have nothing to do with one another; the other half come near, wildcards filled in. */
const pair = fc.oneof(
  fc.tuple(text, text),
  fc
    .tuple(
      text,
      fc.constantFrom('a', 'b-1', 'a.b', 'A', '', '*', 'x/y'),
      fc.constantFrom('', '', '/', '.', '?', 'x'),
    )
    .map(([pattern, filling, end]) => [pattern, `${pattern.replaceAll('*', filling)}${end}`] as const),
);

test(`agrees with a slow and obvious matcher on ${pairs} pairs`, async () => {
  const compiled = new Map<string, ((audience: string) => boolean) | undefined>();
  const compile = async (pattern: string) => {
    if (!compiled.has(pattern)) {
      compiled.set(
        pattern,
        await compileAudiencePattern(pattern).then(
          ({ matches }) => matches,
          () => undefined,
        ),
      );
    }
    return compiled.get(pattern);
  };
  let compared = 0;
  let matched = 0;
  for (const [pattern, audience] of fc.sample(pair, { numRuns: pairs * 3, seed: 1 })) {
    const matches = await compile(pattern);
    if (matches === undefined) continue;
    compared += 1;
    const outcome = matches(audience);
    if (outcome) matched += 1;
    // Formatting a message for each of so many pairs would take most of the time.
    if (outcome !== obviousMatch(pattern, audience))
      expect.fail(`${pattern} against ${audience}: ${outcome}`);
    if (compared === pairs) break;
  }
  console.log(`audience patterns: ${compared} pairs compared, ${matched} matched, 0 disagreements`);
  expect(compared).toBe(pairs);
  expect(matched).toBeGreaterThan(pairs / 50);
}, 60_000);
