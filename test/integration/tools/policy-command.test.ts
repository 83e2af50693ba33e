import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { runCommand } from '../../support/command.ts';
import { emailOf } from '../../support/emulator-client.ts';

async function policy(args: string[], env: Record<string, string> = {}) {
  const command = runCommand(['tools/policy/main.ts', ...args], env);
  const exitCode = await command.ended;
  return { exitCode, output: command.output() };
}

function file(value: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'policy-')), 'file.json');
  writeFileSync(path, JSON.stringify(value));
  return path;
}

const example = 'tools/policies/example.json';

describe('check', () => {
  test('ends with 0 for the example, and with 1 and the mistakes for one that has some', async () => {
    expect(await policy(['check', example])).toEqual({
      exitCode: 0,
      output: `${example}: valid, 3 bindings, 1 signer.\n`,
    });
    const { exitCode, output } = await policy(['check', file({ bindings: [{}] }), '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(output).mistakes.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/bindings/0/id',
      '/bindings/0/members',
      '/bindings/0/audiences',
      '/bindings/0/serviceAccounts',
    ]);
  });

  test.each([
    [['check', 'nowhere.json'], 'nowhere.json could not be read: ENOENT'],
    [['check'], 'Give one command'],
    [['check', example, '--project', 'No'], '--project is no project ID'],
    [['check', example, '--expect', 'user:a@example.com'], '--expect is for audit'],
    [['check', example, '--strict'], "Unknown option '--strict'"],
    [['audit', example], 'say which project with --project'],
  ])('wrong usage ends with 2: %j', async (args, message) => {
    const { exitCode, output } = await policy(args);
    expect(output).toContain(message);
    expect(output).toContain('npm run policy -- check FILE');
    expect(exitCode).toBe(2);
  });
});

test('test puts the project in the place of PROJECT_ID, in both files', async () => {
  const cases = file({
    cases: [
      {
        name: 'reports may ask for its resource',
        member: 'serviceAccount:reports@PROJECT_ID.iam.gserviceaccount.com',
        request: {
          claims: {
            iss: 'countersign-signer@acme-prod.iam.gserviceaccount.com',
            aud: 'https://reports.example.com',
          },
        },
        expect: 'allow',
      },
    ],
  });
  const { exitCode, output } = await policy(['test', example, cases, '--project', 'acme-prod']);
  expect([output, exitCode]).toEqual(['1 case: 1 as expected, 0 not.\n', 0]);
});

describe('audit, in the local cloud', () => {
  let emulator: Emulator;
  const resource = `projects/countersign-local/serviceAccounts/${emailOf('signer')}`;
  const stranger = `serviceAccount:${emailOf('stranger')}`;

  beforeAll(async () => {
    emulator = await startEmulator();
  });
  beforeEach(() => emulator.reset());
  afterAll(() => emulator.stop());

  const audit = (...args: string[]) =>
    policy(['audit', ...args], { ...emulator.env('countersign'), COUNTERSIGN_LOCAL: 'true' });
  const grant = (role: string) => {
    const held = emulator.bindings()[resource] ?? [];
    emulator.setBindings({ [resource]: [...held, { role, members: [stranger] }] });
  };

  test('finds nobody but the runtime account, by the local policy', async () => {
    const { exitCode, output } = await audit();
    expect(output).toContain(
      `  expected serviceAccount:${emailOf('countersign')}: signJwt, signBlob, getOpenIdToken`,
    );
    expect(output).toContain(`  itself   serviceAccount:${emailOf('signer')}: signJwt, signBlob`);
    expect(exitCode, output).toBe(0);
  });

  test('finds another who may sign, unless that is expected', async () => {
    grant('roles/iam.serviceAccountTokenCreator');
    const { exitCode, output } = await audit('--json');
    expect(JSON.parse(output).others).toEqual([stranger]);
    expect(exitCode).toBe(1);
    expect((await audit('--expect', stranger)).exitCode).toBe(0);
  });

  test('reads a custom role', async () => {
    emulator.setRoles({
      'projects/countersign-local/roles/delegator': ['iam.serviceAccounts.implicitDelegation'],
    });
    grant('projects/countersign-local/roles/delegator');
    const { exitCode, output } = await audit();
    expect(output).toContain(`  other    ${stranger}: implicitDelegation`);
    expect(exitCode).toBe(1);
  });

  test('could not tell without the permissions', async () => {
    emulator.setBindings({ 'projects/countersign-local': [] });
    const { exitCode, output } = await audit();
    expect(output).toContain('these credentials need iam.serviceAccounts.getIamPolicy');
    expect(output).toContain('these credentials need resourcemanager.projects.getIamPolicy');
    expect(exitCode).toBe(3);
  });
});
