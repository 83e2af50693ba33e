import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';
import { keepBusy, parentId, traceId } from '../support/busy-cloud.ts';
import { exampleDeployment } from '../support/deployment.ts';
import { root } from '../support/imports.ts';
import { type LogEntry, readLogEntries } from '../support/log-entry.ts';
import { compileFilter, extract } from '../support/log-filter.ts';

let cloud: LocalCloud;
let folder = '';
let entries: LogEntry[] = [];
let iamRequests: { traceparent: string | null }[] = [];

const of = (logType: string) => entries.filter(({ jsonPayload }) => jsonPayload.logType === logType);
const requestsTo = (operation: string) =>
  of('request').filter(({ jsonPayload }) => jsonPayload.operation === operation);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watch-'));
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, readFileSync(`${root}tools/policies/local.json`, 'utf8'));
  const functionEnv = { GOOGLE_CLOUD_PROJECT: 'acme-signing' };
  cloud = await startLocalCloud({ output: 'keep', policy, functionEnv });
  Object.assign(process.env, cloud.envOf('caller'));
  iamRequests = await keepBusy(cloud, policy);
  entries = [
    ...readLogEntries(cloud.function.output(), 'countersign'),
    ...readLogEntries(cloud.batchFunction.output(), 'countersign-batch'),
  ];
}, 90_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the trace', () => {
  test('goes from the SDK’s call through the function to IAM', () => {
    const [traced] = requestsTo('createToken');
    expect(iamRequests).toHaveLength(1);
    expect(iamRequests[0]?.traceparent).toBe(`00-${traceId}-${traced?.spanId}-01`);
    expect(traced?.spanId).not.toBe(parentId);
  });

  test('is in the audit and in the request line as Cloud Logging knows it', () => {
    for (const entry of [of('audit')[0], requestsTo('createToken')[0]]) {
      expect(entry).toMatchObject({ trace: `projects/acme-signing/traces/${traceId}`, traceSampled: true });
    }
    expect(of('audit')[0]?.spanId).toBe(requestsTo('createToken')[0]?.spanId);
  });

  test('is a new one of its own where a request brings none', () => {
    const traces = requestsTo('getDefaultKeys').map(({ trace }) => trace);
    expect(new Set(traces).size).toBe(traces.length);
    for (const trace of traces) expect(trace).toMatch(/^projects\/acme-signing\/traces\/[0-9a-f]{32}$/);
  });
});

describe('the request line', () => {
  const summary = ({ severity, jsonPayload, httpRequest }: LogEntry) => [
    severity,
    jsonPayload.code,
    jsonPayload.iamCalls,
    httpRequest?.status,
  ];

  test('is one for each request, with its code and its calls to IAM, a retry counted', () => {
    expect(requestsTo('createToken').map(summary)).toEqual([
      ['INFO', 'ok', 1, 200],
      ['INFO', 'ok', 0, 200],
      ['WARNING', 'policy_denied', 0, 403],
      ['INFO', 'ok', 2, 200],
      ['ERROR', 'signer_rejected', 1, 502],
      ['WARNING', 'unauthenticated', 0, 401],
    ]);
  });

  test('tells the request as Cloud Logging shows it, and how long it took', () => {
    const [{ httpRequest, jsonPayload }] = requestsTo('createToken') as [LogEntry];
    expect(httpRequest).toEqual({
      requestMethod: 'POST',
      requestUrl: '/v1/tokens',
      status: 200,
      protocol: 'HTTP/1.1',
      latency: expect.stringMatching(/^\d+(\.\d+)?s$/),
    });
    expect(jsonPayload.latencyMilliseconds).toBeGreaterThanOrEqual(Number(jsonPayload.iamMilliseconds));
  });

  test('holds nothing of a path that is no route, and there is none for a look at the health', () => {
    const [unrouted] = requestsTo('none');
    expect(unrouted?.httpRequest).toMatchObject({ requestMethod: 'GET', status: 404 });
    expect(cloud.function.output()).not.toMatch(/pasted|canary/);
    expect(requestsTo('getHealth')).toEqual([]);
  });

  test('is there for each push', () => {
    const pushes = requestsTo('push');
    expect(pushes.map(({ httpRequest }) => httpRequest?.status)).toEqual([204, 204]);
    expect(pushes.map(({ jsonPayload }) => jsonPayload.iamCalls).sort()).toEqual([0, 1]);
  });
});

test('the audit tells reuse, and which policy decided and since when', () => {
  const decisions = of('audit').filter(({ jsonPayload }) => jsonPayload.decision !== undefined);
  expect(decisions.map(({ jsonPayload }) => jsonPayload.reused)).toEqual(
    expect.arrayContaining([false, true, undefined]),
  );
  for (const { jsonPayload } of decisions) {
    expect(jsonPayload.policyDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(jsonPayload.policyAgeSeconds).toBeGreaterThanOrEqual(0);
  }
});

test('fetches of keys are told, the callers’ and the signer’s', () => {
  expect(new Set(of('keys').map(({ jsonPayload }) => `${jsonPayload.of} ${jsonPayload.outcome}`))).toEqual(
    new Set(['callers fetched', 'signer fetched']),
  );
});

test('docs/operations.md names each member of each line', () => {
  const page = readFileSync(`${root}docs/operations.md`, 'utf8');
  const rowOf = (entry: LogEntry) => {
    const { logType, kind } = entry.jsonPayload;
    const name = kind === 'batch' ? '`audit`, with `kind` `batch`' : `\`${logType}\``;
    return page.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? '';
  };
  const logged = entries.filter(({ jsonPayload }) => jsonPayload.logType !== undefined);
  expect(logged.length).toBeGreaterThan(20);
  for (const entry of logged) {
    const { logType: _type, message: _message, kind: _kind, ...members } = entry.jsonPayload;
    for (const name of Object.keys(members)) expect(rowOf(entry)).toContain(`\`${name}\``);
  }
});

const { metrics, alerts } = await exampleDeployment();

describe.each(metrics)('the metric $id', ({ config }) => {
  const { filter, labelExtractors, valueExtractor, metricDescriptor } = config as {
    filter: string;
    labelExtractors: Record<string, string>;
    valueExtractor?: string;
    metricDescriptor: { valueType: string; labels: { key: string }[] };
  };
  const matched = () => entries.filter(compileFilter(filter));

  test('counts lines that the functions write, and not all of them', () => {
    expect(matched().length).toBeGreaterThan(0);
    expect(matched().length).toBeLessThan(entries.length);
  });

  test('finds each of its labels in some of them', () => {
    expect(Object.keys(labelExtractors)).toEqual(metricDescriptor.labels.map(({ key }) => key));
    for (const extractor of Object.values(labelExtractors)) {
      expect(matched().filter((entry) => extract(extractor, entry) !== undefined).length).toBeGreaterThan(0);
    }
  });

  test('finds a number in each where it is of numbers', () => {
    expect(metricDescriptor.valueType).toBe(valueExtractor === undefined ? 'INT64' : 'DISTRIBUTION');
    if (valueExtractor === undefined) return;
    for (const entry of matched()) expect(Number(extract(valueExtractor, entry))).toBeGreaterThanOrEqual(0);
  });
});

describe('the alerts', () => {
  /** What labels of a metric were seen, by name. */
  const seen = (id: string) => {
    const config = metrics.find((metric) => metric.id === id)?.config ?? {};
    const labelExtractors = config.labelExtractors as Record<string, string>;
    const matched = entries.filter(compileFilter(String(config.filter)));
    return (label: string) => matched.map((entry) => extract(labelExtractors[label] ?? '', entry));
  };

  test.each([
    ['signing-refused', 'countersign-requests', 'code', 'signer_rejected'],
    ['server-errors', 'countersign-requests', 'status', '502'],
    ['policy-refused', 'countersign-policy-loads', 'outcome', 'refused'],
    ['denials', 'countersign-decisions', 'decision', 'deny'],
    ['unauthenticated', 'countersign-requests', 'code', 'unauthenticated'],
    ['batch-undeliverable', 'countersign-batches', 'outcome', 'undeliverable'],
  ])('%s would have been raised by what happened', (id, metric, label, value) => {
    const text = JSON.stringify(alerts.find((alert) => alert.id === id)?.config);
    expect(text).toContain(`/user/${metric}\\"`);
    const [, wanted = ''] =
      new RegExp(`metric\\.labels\\.${label}=(?:monitoring\\.regex\\.full_match\\()?\\\\"([^"]*)\\\\"`).exec(
        text,
      ) ?? [];
    expect(value).toMatch(new RegExp(`^(?:${wanted})$`));
    expect(seen(metric)(label)).toContain(value);
  });
});
