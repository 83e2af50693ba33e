import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import schema from '../../../functions/contract/policy.schema.json' with { type: 'json' };
import { parsePolicy } from '../../../functions/policy/parse-policy.ts';
import { loadPolicy } from '../../../tools/policy/check-policy.ts';
import { evaluateCase } from '../../../tools/policy/evaluate-case.ts';
import { testPolicy } from '../../../tools/policy/test-policy.ts';
import { now } from '../../support/fixtures.ts';

const page = readFileSync('docs/policy.md', 'utf8');

/** The code blocks of a language in the section under a heading. */
function blocks(heading: string, language: string): string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, code = '']) => code,
  );
}

test('the page has a row for each member of a binding, and for no other', () => {
  const [table = ''] = page.split('\n## Members of a binding\n')[1]?.split('\n## ') ?? [];
  const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(Object.keys(schema.properties.bindings.items.properties));
});

describe.each(['Identity-Aware Proxy', 'Cloud Endpoints', 'a batch topic'])('the example: %s', (name) => {
  const [policy = '', cases = ''] = blocks(`Example: ${name}`, 'json');

  test('is a valid policy', async () => {
    const { mistakes } = await loadPolicy(policy);
    expect(mistakes).toEqual([]);
  });

  test('does what its cases say, all of them', async () => {
    const text = policy;
    const report = await testPolicy({ path: name, text }, { path: 'cases', text: cases }, () => now);
    expect(report.lines).toHaveLength(1);
    expect(report.exitCode).toBe(0);
    const outcomes = JSON.parse(cases).cases.map(({ expect: outcome }: { expect: string }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['allow', 'deny']));
  });
});

describe('GitHub Actions', () => {
  const [workflow = ''] = blocks('GitHub Actions', 'yaml');
  const [policy = ''] = blocks('GitHub Actions', 'json');
  const input = (name: string) => new RegExp(`^ +${name}: (\\S+)`, 'm').exec(workflow)?.[1];

  test('asks for an ID token with the e-mail, for the service’s URL', () => {
    expect(workflow).toMatch(/uses: google-github-actions\/auth@[\da-f]{40} # v3\.\d+\.\d+$/m);
    expect(input('id-token')).toBe('write');
    expect(input('token_format')).toBe('id_token');
    expect(input('id_token_include_email')).toBe('true');
    expect(input('id_token_audience')).toBe(input('COUNTERSIGN_URL'));
  });

  test('comes from the provider and as the account that the commands make', () => {
    const [commands = ''] = blocks('GitHub Actions', 'sh');
    const [, number, pool, provider] =
      /^projects\/(\d+)\/locations\/global\/workloadIdentityPools\/(\w+)\/providers\/(\w+)$/.exec(
        input('workload_identity_provider') ?? '',
      ) ?? [];
    expect(commands).toContain(`workload-identity-pools create ${pool} `);
    expect(commands).toContain(`providers create-oidc ${provider} `);
    expect(commands).toContain(
      `principalSet://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${pool}/`,
    );
    expect(commands).toContain(
      `--member=serviceAccount:${input('service_account')} --role=roles/run.invoker`,
    );
  });

  test('is allowed what it asks for by the binding that the page shows', async () => {
    const body = /-d '(.*)'/.exec(workflow)?.[1] ?? '';
    const asked = { member: `serviceAccount:${input('service_account')}`, request: JSON.parse(body) };
    const outcome = await evaluateCase(await parsePolicy(policy), asked, { now, ownAudiences: [] });
    expect(outcome).toEqual({ allowed: true, binding: 'ci-reports-to-iap' });
  });
});
