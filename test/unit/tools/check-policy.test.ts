import { expect, test } from 'vitest';
import { checkPolicy } from '../../../tools/policy/check-policy.ts';
import { binding, policyText, signer } from '../../support/fixtures.ts';

const check = (text: string) => checkPolicy('policy.json', text);

test('says that a policy is valid, and what it holds', async () => {
  const { lines, json, exitCode } = await check(policyText(binding(), binding({ id: 'second' })));
  expect(lines).toEqual(['policy.json: valid, 2 bindings, 1 signer.']);
  expect([json, exitCode]).toEqual([{ file: 'policy.json', valid: true, mistakes: [] }, 0]);
});

test('reports every mistake with its pointer, what was found, what was expected and what to do', async () => {
  const text = policyText(
    binding({ audiences: ['https://*.run.app', 'https://iam.googleapis.com/'] }),
    binding({ members: [`serviceAccount:${signer}`] }),
  );
  const { lines, json, exitCode } = await check(text);
  expect(exitCode).toBe(1);
  expect(json).toMatchObject({
    valid: false,
    mistakes: [
      { pointer: '/bindings/1/id', hint: 'The audit tells bindings apart by their id.' },
      { pointer: '/bindings/1/members/0', expected: 'neither a signer nor the runtime account' },
      { pointer: '/bindings/0/audiences/0', actual: '"https://*.run.app"' },
      { pointer: '/bindings/0/audiences/1' },
    ],
  });
  expect(lines.slice(0, 4)).toEqual([
    '/bindings/1/id',
    `  found ${JSON.stringify(binding().id)}`,
    '  expected an id of its own',
    '  The audit tells bindings apart by their id.',
  ]);
  expect(lines.at(-1)).toBe('policy.json: 4 mistakes.');
});

test('refers to the policy’s format, not to a request’s', async () => {
  const { json } = await check('{"bindings": [{"id": "a", "members": [], "audience": []}]}');
  expect(json).toMatchObject({
    mistakes: expect.arrayContaining([
      expect.objectContaining({
        pointer: '/bindings/0/audience',
        hint: 'Remove it, or mend its name. The format is in docs/policy.md.',
      }),
      expect.objectContaining({ pointer: '/bindings/0/audiences', actual: 'nothing' }),
      expect.objectContaining({ pointer: '/bindings/0/members', expected: 'at least 1 items' }),
    ]),
  });
});

test.each([
  ['a syntax error', '{"bindings": [1 2]}', 'a syntax error at position 16'],
  ['an empty file', '', 'nothing'],
])('reports %s at the root', async (_, text, actual) => {
  const { lines } = await check(text);
  expect(lines.slice(0, 2)).toEqual(['the whole file', `  found ${actual}`]);
});
