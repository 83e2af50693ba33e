import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import operations from '../../../functions/contract/operations.json' with { type: 'json' };
import problems from '../../../functions/contract/problems.json' with { type: 'json' };
import { deployTo, exampleDeployment } from '../../support/deployment.ts';
import { parseCommand } from '../../support/gcloud/parse-command.ts';
import { RecordingGcloud } from '../../support/gcloud/recording-gcloud.ts';
import { compileFilter } from '../../support/log-filter.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const page = read('docs/operations.md');
const section = (title: string) => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const { metrics, alerts } = await exampleDeployment();

interface Metric {
  filter: string;
  labelExtractors: Record<string, string>;
}

interface Alert {
  displayName: string;
  userLabels: { countersign: string };
  documentation: { content: string };
  conditions: Record<string, { filter: string; aggregations: object[] }>[];
}

const metricOf = (id: string) => metrics.find((metric) => metric.id === id)?.config as unknown as Metric;

test('the table of metrics is that of the files, with their labels', () => {
  const rows = [...section('Metrics').matchAll(/^\| `([\w-]+)` \| .* \| (.*) \|$/gm)];
  const told = rows.map(([, id, labels = '']) => [
    id,
    [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
  ]);
  const made = metrics.map(({ id }) => [id, Object.keys(metricOf(id).labelExtractors)]);
  expect(new Map(told as [string, string[]][])).toEqual(new Map(made as [string, string[]][]));
});

test('each alert has an entry that says what to do, and each entry an alert', () => {
  const entries = [...section('Alerts').matchAll(/^### (.*)$/gm)].map(([, id]) => id);
  expect(entries.toSorted()).toEqual(alerts.map(({ id }) => id));
  for (const text of section('Alerts').split('\n### ').slice(1)) expect(text.length).toBeGreaterThan(150);
});

describe.each(alerts)('the alert $id', ({ id, config }) => {
  const alert = config as unknown as Alert;
  const conditions = alert.conditions.flatMap((condition) =>
    Object.values(condition).filter((each) => typeof each === 'object'),
  );

  test('is known in the project by its name, and leads to its entry', () => {
    expect(alert.userLabels).toEqual({ countersign: id });
    expect(alert.documentation.content).toMatch(new RegExp(`docs/operations\\.md#${id}\\.$`));
    expect(alert.displayName).toMatch(/^Countersign: /);
  });

  test('is on a metric that there is, and on labels and values that it can have', () => {
    expect(conditions).toHaveLength(1);
    for (const { filter } of conditions) {
      const [, type = ''] = /metric\.type="([^"]+)"/.exec(filter) ?? [];
      const labels = [...filter.matchAll(/metric\.labels\.(\w+)=(?:[\w.]+\()?"([^"]*)"/g)];
      if (!type.startsWith('logging.googleapis.com/user/')) {
        expect(googleMetrics[type]).toEqual(labels.map(([, label]) => label));
        continue;
      }
      const metric = metricOf(type.split('/').at(-1) ?? '');
      expect(() => compileFilter(metric.filter)).not.toThrow();
      for (const [, label = '', values = ''] of labels) {
        expect(Object.keys(metric.labelExtractors)).toContain(label);
        for (const value of values.split('|')) expect(possible(label)).toContainEqual(value);
      }
    }
  });
});

/** Google's own metrics that alerts are on, with the labels by which they choose. */
const googleMetrics: Record<string, string[]> = {
  'pubsub.googleapis.com/subscription/dead_letter_message_count': [],
  'run.googleapis.com/job/completed_execution_count': ['result'],
};

/** What a label can say, from where the code has it. */
function possible(label: string): string[] {
  const known: Record<string, string[]> = {
    code: Object.keys(problems),
    operation: Object.keys(operations),
    status: ['5..'],
    decision: ['allow', 'deny'],
    role: ['policy', 'shadow policy'],
    outcome: ['loaded', 'refused', 'fetched', 'failed', 'delivered', 'repeated', 'undeliverable'],
  };
  return known[label] ?? [];
}

test('a filter or an extractor of another form is refused, not passed over', () => {
  expect(() => compileFilter('jsonPayload.code=~"x"')).toThrow('not known here');
  expect(() => compileFilter('NOT severity="ERROR"')).toThrow('not known here');
});

/** The commands that a text's blocks have, in the words that a shell makes of them. */
function commandsIn(text: string): string[][] {
  const blocks = [...text.matchAll(/^( *)```sh\n(.*?)```/gms)].map(([, , block = '']) => block);
  // The shell splits the words; what it would run only says what it was given.
  // A line is written at once, since both ends of a pipe write theirs at the same time.
  const tell = (name: string) => `${name}() { printf '%s\\n' "$(printf '%s\\037' ${name} "$@")" >&2; }\n`;
  const stubs = ['gcloud', 'npm'].map(tell).join('');
  const script = `TOKEN=a.b.c\n${stubs}${blocks.join('\n')}`;
  const { stderr, status } = spawnSync('sh', ['-eu', '-c', script], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stderr
    .trim()
    .split('\n')
    .map((line) => line.split('\u001f').slice(0, -1));
}

test('every command is one of this repository or of gcloud, with flags that it has', () => {
  const known = JSON.parse(read('package.json')).scripts;
  const commands = commandsIn(page);
  expect(commands.length).toBeGreaterThan(10);
  for (const [name, ...words] of commands) {
    if (name === 'npm') expect(Object.keys(known)).toContain(words.find((word) => !/^run$|^--/.test(word)));
    else expect(() => parseCommand(words), words.join(' ')).not.toThrow();
  }
});

test('a setting that is changed as shown stays with another policy, and goes with another source', async () => {
  const deployment = await exampleDeployment();
  const gcloud = new RecordingGcloud();
  await deployTo(gcloud, deployment);
  const commands = commandsIn(section('Change a setting'));
  const updates = commands.flatMap(([, ...words]) => {
    const ended = gcloud.run([...words, '--quiet']);
    expect(ended).toMatchObject({ status: 0 });
    return words.includes('services') ? Object.keys(parseCommand(words).flags) : [];
  });
  expect(updates.filter((flag) => !['--region', '--project'].includes(flag))).toEqual([
    ...['--update-env-vars', '--max-instances', '--update-secrets', '--update-env-vars'],
  ]);

  const deployedBy = async (wanted: typeof deployment) => {
    gcloud.calls.length = 0;
    await deployTo(gcloud, wanted);
    return gcloud.changes().filter((words) => words.includes('countersign') && words.includes('deploy'));
  };
  const policyText = deployment.policyText.replace('"maxTtlSeconds": 300', '"maxTtlSeconds": 240');
  expect(await deployedBy({ ...deployment, policyText })).toEqual([]);
  const sourceDigests = { ...deployment.sourceDigests, functions: 'other' };
  const [words = []] = await deployedBy({ ...deployment, policyText, sourceDigests });
  // These replace the whole list, where --update-… would add to it.
  const { flags } = parseCommand(words);
  expect(Object.keys(flags)).toEqual(
    expect.arrayContaining(['--set-env-vars', '--set-secrets', '--max-instances']),
  );
});

test.each([
  ['at the first requests after 5 seconds', 'functions/issuance/policy-source.ts', 'lookAgainSeconds = 5;'],
  ['for up to 15 minutes', 'functions/google/key-sets.ts', 'maxAgeMilliseconds = 900_000;'],
  ['an hour where left out', 'functions/config.ts', "'COUNTERSIGN_POLICY_MAX_STALE_SECONDS', 3600"],
  ['Every ten minutes', 'tools/deploy/plan-probe.ts', "schedule = '*/10 * * * *';"],
  [
    '`https://forbidden.example`',
    'tools/deploy/plan-probe.ts',
    "forbiddenAudience = 'https://forbidden.example';",
  ],
  ['tried a message 20 times', 'tools/deploy/plan-batch.ts', '--max-delivery-attempts=20'],
])('what it tells is what the code says: %s', (text, file, line) => {
  expect(page).toContain(text);
  expect(read(file)).toContain(line);
});
