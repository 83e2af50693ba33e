import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planDeployment } from '../../../tools/deploy/plan.ts';
import { exampleDeployment } from '../../support/deployment.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const page = read('docs/security.md');
const row = (what: string) => new RegExp(`^\\| ${what} \\| (.*) \\|$`, 'm').exec(page)?.[1] ?? '';

describe('how long things live is what the code says', () => {
  test.each([
    ['a signed JWT', 'at most 12 hours', 'functions/tokens/numeric-date.ts', /maxLifetimeSeconds = 43_200;/],
    [
      'a signed JWT',
      'an hour unless asked otherwise',
      'functions/policy/decide.ts',
      /defaultTtlSeconds = 3600;/,
    ],
    ['a reused token', '80 %', 'functions/issuance/token-reuse.ts', /reusableFraction = 0\.8;/],
    [
      'the policy in an instance',
      '5 seconds',
      'functions/issuance/policy-source.ts',
      /lookAgainSeconds = 5;/,
    ],
    [
      'a policy after a broken one',
      '3600',
      'functions/config.ts',
      /'COUNTERSIGN_POLICY_MAX_STALE_SECONDS', 3600/,
    ],
    [
      "Google's keys, the signers' keys",
      '15 minutes',
      'functions/google/key-sets.ts',
      /maxAgeMilliseconds = 900_000;/,
    ],
    [
      "clock tolerance for callers' tokens",
      '60 seconds',
      'functions/tokens/numeric-date.ts',
      /clockToleranceSeconds = 60;/,
    ],
  ])('%s: %s', (what, text, file, constant) => {
    expect(row(what)).toContain(text);
    expect(read(file)).toMatch(constant);
  });
});

test('the least privilege that it tells of is what npm run deploy grants', async () => {
  const sections = planDeployment(
    await exampleDeployment({
      projectId: 'acme',
      signers: ['signer@acme.iam.gserviceaccount.com'],
      kinds: ['jwt', 'id_token', 'signature'],
    }),
  );
  const words = sections
    .flatMap(({ steps }) => steps)
    .flatMap(({ mend }) => mend())
    .flatMap((command) => command.words);
  const granted =
    words
      .find((word) => word.startsWith('--permissions='))
      ?.split('=')[1]
      ?.split(',') ?? [];
  expect(granted).toHaveLength(3);
  for (const permission of granted) {
    expect(page).toContain(`\`${permission}\``.replace(/iam\.serviceAccounts\.(?!signJwt)/, ''));
  }
  // What takes a signer back undoes the very grant.
  const [, command = ''] = /```sh\n(.*?)```/s.exec(page) ?? [];
  for (const word of words.filter((each) =>
    /^--(member|role)=.*(countersign@|countersignSigner)/.test(each),
  )) {
    expect(command).toContain(word);
  }
});

test.each(['docs/operations.md', 'docs/policy.md', 'docs/security.md', 'docs/scaling.md', 'README.md'])(
  'each link of %s to a file leads to one',
  (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) =>
      join(file, '..', path),
    );
    expect(links.length).toBeGreaterThan(0);
    for (const path of links) expect(existsSync(path), path).toBe(true);
  },
);
