import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClaimsSet } from '../../../functions/contract/generated/types.ts';
import { noteName, withNote } from '../../../functions/events/notes.ts';
import { estimateEntryBytes, maxSecretBytes } from '../../../functions/events/result.ts';
import { now, signer } from '../../support/fixtures.ts';
import { root } from '../../support/imports.ts';
import { pages, proseOf } from '../../support/markdown.ts';

/** Pages that a script prints whole, figures and all; `npm run check` holds them against it. */
const printed: Record<string, string> = {
  'docs/api.md': 'npm run generate',
  'docs/errors.md': 'npm run generate',
  'docs/dependencies.md': 'npm run generate',
  'docs/faults.md': 'npm run generate',
  'docs/scaling.md': 'npm run fleet',
};
/** Lists what was, and is measured nowhere; the other says of each figure in its own tables where it is from. */
const apart = ['CHANGELOG.md', 'emulator/README.md'];

/** Where each figure of the other pages stands in the code; what is Google's has its page linked beside it. */
const stands: Record<string, [file: string, as: RegExp]> = {
  'Node 24': ['package.json', /"node": "24\./],
  'Node 22.12': ['sdk/package.json', /"node": ">=22\.12"/],
  '8090': ['tools/start.ts', /'EMULATOR_PORT', 8090/],
  '64 KiB': ['functions/tokens/parse-json.ts', /maxRequestBytes = 64 \* 1024;/],
  '2 to 7 minutes': ['functions/contract/problems.json', /a grant takes 2 to 7 minutes/],
  '1,000 tokens': ['functions/contract/batch-message.schema.json', /"maxItems": 1000,/],
  '10 s': ['sdk/src/client.ts', /timeoutMs = 10_000/],
  '1,000': ['sdk/src/client.ts', /maxEntries = 1000/],
  '2.85 kB': ['test/integration/sdk/package.test.ts', /\(early\)\)\.toBeLessThanOrEqual\(2850\)/],
  '4.4 kB': ['test/integration/sdk/package.test.ts', /\(outputFiles\)\)\.toBeLessThanOrEqual\(4400\)/],
  '4.5 kB': ['test/integration/sdk/package.test.ts', /\(outputFiles\)\)\.toBeLessThanOrEqual\(4500\)/],
  '13 hours': ['functions/events/destroy-old-versions.ts', /maxAgeMilliseconds = 13 \* 3_600_000;/],
  '2048 to 4096': ['functions/events/reply-key.ts', /bits < 2048 \|\| bits > 4096/],
  '3600': ['functions/config.ts', /'COUNTERSIGN_POLICY_MAX_STALE_SECONDS', 3600/],
  '3600 seconds': ['functions/config.ts', /'COUNTERSIGN_POLICY_MAX_STALE_SECONDS', 3600/],
  '6000': ['functions/config.ts', /'COUNTERSIGN_SIGNATURES_PER_MINUTE', 6000/],
  '1 to 43200': ['functions/contract/policy.schema.json', /"minimum": 1,\s*"maximum": 43200/],
  '10': ['tools/deploy/monitoring/alerts/server-errors.json', /"thresholdValue": 10,/],
  '100': ['tools/deploy/monitoring/alerts/denials.json', /"thresholdValue": 100,/],
  '100 requests': ['tools/deploy/monitoring/alerts/unauthenticated.json', /"thresholdValue": 100,/],
  '10 minutes': ['tools/deploy/monitoring/alerts/denials.json', /"alignmentPeriod": "600s"/],
  '95': ['tools/deploy/monitoring/alerts/slow.json', /ALIGN_PERCENTILE_95/],
  '3 seconds': ['tools/deploy/monitoring/alerts/slow.json', /"thresholdValue": 3000,/],
  '3 times': ['tools/deploy/monitoring/alerts/keys-unavailable.json', /"thresholdValue": 3,/],
  '20 times': ['tools/deploy/plan-batch.ts', /--max-delivery-attempts=20/],
  '30 minutes': ['tools/deploy/monitoring/alerts/probe-silent.json', /"duration": "1800s"/],
  '12 hours': ['functions/tokens/numeric-date.ts', /maxLifetimeSeconds = 43_200;/],
  '5 seconds': ['functions/issuance/policy-source.ts', /lookAgainSeconds = 5;/],
  '5 minutes': ['functions/google/verified-callers.ts', /maxAgeSeconds = 300;/],
  '15 minutes': ['functions/google/key-sets.ts', /maxAgeMilliseconds = 900_000;/],
  '60 seconds': ['functions/tokens/numeric-date.ts', /clockToleranceSeconds = 60;/],
  '80 %': ['functions/issuance/token-reuse.ts', /reusableFraction = 0\.8;/],
  '60,000 signatures': ['docs/security.md', /\[60,000 signatures a minute\]\(https:\/\/docs\.cloud\.google/],
  '1 hour': ['docs/security.md', /^Google's own times.*\(https:\/\/docs\.cloud\.google\.com\/iam/m],
};
/** Reckoned below, out of the code. */
const reckoned = ['70 tokens', '180'];

/** Numbers that measure nothing: names of standards, of steps and codes. */
const names =
  /RFC \d+|\(2020-12\)|SHA-\d+|RS256|^\d+\. |\bsteps \d to \d|\| [45]\d\d \||\b[45]\d\d\b|\b[45]xx|\b[0-3](?= (?:valid|invalid|wrong|for|where|could|done)\b)|ends?\s+with \d|with \d (?=where|others)/gm;

/** Each number of a prose with what it counts. */
function figuresIn(text: string): string[] {
  const prose = text
    .replaceAll(/`[^`\n]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(names, '');
  const figure =
    /(?:Node )?(?<![\w.-])\d[\d,.]*(?: to \d+)?(?:\s(?:%|[kKMG]?i?B\b|m?s\b|hours?|minutes?|seconds?|days?|tokens|signatures|requests|times))?/g;
  return [...prose.matchAll(figure)].map(([text]) => text.replace(/[.,]+$/, '').replaceAll(/\s+/g, ' '));
}

const figuresOf = (page: string) => figuresIn(proseOf(page));
const written = pages.filter((page) => !(page in printed) && !apart.includes(page));

test.each(written)('every figure of %s is one that the code states', (page) => {
  const known = [...Object.keys(stands), ...reckoned];
  expect(figuresOf(page).filter((figure) => !known.includes(figure))).toEqual([]);
});

test.each(Object.entries(stands))('%s is what the code says', (_, [file, as]) => {
  expect(readFileSync(join(root, file), 'utf8')).toMatch(as);
});

test('no figure is held that no page has', () => {
  const shown = new Set(written.flatMap(figuresOf));
  expect([...Object.keys(stands), ...reckoned].filter((figure) => !shown.has(figure))).toEqual([]);
});

test('a secret’s version holds some 70 tokens', () => {
  const aud = 'https://reports.example.com';
  const claims: ClaimsSet = { iss: signer, sub: signer, aud, iat: now, exp: now + 3600, team: 'blue' };
  const tokens = maxSecretBytes / estimateEntryBytes('reports-0001', claims);
  expect(Math.round(tokens / 10) * 10).toBe(70);
});

test('a secret has room to note some 180 batches', () => {
  let annotations = {};
  for (let index = 0; index < 300; index += 1) {
    const digest = noteName(`batch ${index}`).slice(-16);
    const note = { state: 'done', digest, version: 1000 + index, until: now + 7200 + index } as const;
    annotations = withNote(annotations, noteName('topic', String(index)), note, now);
  }
  expect(Math.abs(Object.keys(annotations).length - 180)).toBeLessThan(10);
});

describe('a figure is seen', () => {
  test.each([
    ['in 40 ms', '40 ms'],
    ['a 5.4 kB page', '5.4 kB'],
    ['12 times faster', '12 times'],
    ['99.9 % of it', '99.9 %'],
  ])('%s', (text, figure) => {
    expect(figuresIn(text)).toEqual([figure]);
  });
});
