import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import operations from '../../functions/contract/operations.json' with { type: 'json' };
import problems from '../../functions/contract/problems.json' with { type: 'json' };
import sdkProblems from '../../functions/contract/sdk-problems.json' with { type: 'json' };
import { parsePolicy } from '../../functions/policy/parse-policy.ts';

test('the README lists each problem as the table has it, and no other', async () => {
  const readme = await readFile('README.md', 'utf8');
  const rows = [...readme.matchAll(/^\| `(\w+)` \| (\d{3}) \| (yes|no) \| (.+) \|$/gm)].map(
    ([, code, status, retry, remedy]) => [
      code,
      { status: Number(status), retryable: retry === 'yes', remedy },
    ],
  );
  const table = Object.entries(problems).map(([code, { title, ...rest }]) => [code, rest]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(table));
  for (const code of Object.keys(sdkProblems)) expect(readme).toContain(`\`${code}\``);
});

test('OpenAPI lists, for each operation, the statuses of its problems', async () => {
  const document = JSON.parse(await readFile('functions/contract/openapi.json', 'utf8'));
  for (const [operationId, operation] of Object.entries(operations)) {
    const described = document.paths[operation.path][operation.method.toLowerCase()];
    const statuses = operation.problems.map((code) => String(problems[code as keyof typeof problems].status));
    expect(described.operationId).toBe(operationId);
    expect(Object.keys(described.responses).sort()).toEqual([...new Set(['200', ...statuses])].sort());
  }
});

test('the SDK knows each code of the table, and its own', async () => {
  const generated = await readFile('sdk/src/generated/problems.ts', 'utf8');
  const codes = [...generated.matchAll(/^ +\| '(\w+)'/gm)].map(([, code]) => code);
  expect(codes).toEqual([...Object.keys(problems), ...Object.keys(sdkProblems)]);
});

test('the policy and the claim request that the README shows are ones', async () => {
  const readme = await readFile('README.md', 'utf8');
  const documents = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  const policies = documents.filter((text) => text.includes('"bindings"'));
  expect(policies.length).toBeGreaterThan(0);
  for (const text of policies) expect((await parsePolicy(text)).bindings).toHaveLength(1);
});
