import { loadPolicy } from './check-policy.ts';
import { evaluateCase, type Outcome } from './evaluate-case.ts';
import { renderMistake } from './mistakes.ts';
import { type PolicyCase, parseCases } from './parse-cases.ts';
import type { Report } from './report.ts';

interface Source {
  path: string;
  text: string;
}

interface Failure {
  name: string;
  pointer: string;
  expected: string;
  actual: string;
}

/** What a denial's code is unless the case says: a request that is malformed elsewhere shows nothing of the policy. */
const denialCodes = ['policy_denied', 'invalid_claims'];

/**
 * `npm run policy -- test FILE CASES`: takes each case down the function's own path. Ends with 0 where all come out
 * as expected, 1 where one does not, 2 where one of the files can't be used.
 */
export async function testPolicy(
  policyFile: Source,
  casesFile: Source,
  clock: () => number,
): Promise<Report> {
  const loaded = await loadPolicy(policyFile.text);
  if (!('policy' in loaded)) return unusable(policyFile, loaded.mistakes);
  const parsed = parseCases(casesFile.text);
  if ('mistakes' in parsed) return unusable(casesFile, parsed.mistakes);
  const { cases, now = clock(), ownAudiences = [] } = parsed.cases;
  const failures: Failure[] = [];
  for (const [index, each] of cases.entries()) {
    const outcome = await evaluateCase(loaded.policy, each, { now, ownAudiences });
    if (isAsExpected(each, outcome)) continue;
    const pointer = `/cases/${index}`;
    failures.push({
      name: each.name,
      pointer,
      expected: describeExpected(each),
      actual: describeOutcome(outcome),
    });
  }
  const passed = cases.length - failures.length;
  return {
    lines: [
      ...failures.flatMap(({ name, pointer, expected, actual }) => [
        `${pointer} ${name}`,
        `  expected ${expected}`,
        `  actual   ${actual}`,
      ]),
      `${cases.length} ${cases.length === 1 ? 'case' : 'cases'}: ${passed} as expected, ${failures.length} not.`,
    ],
    json: { file: policyFile.path, cases: cases.length, passed, failed: failures.length, failures },
    exitCode: failures.length === 0 ? 0 : 1,
  };
}

function unusable({ path }: Source, mistakes: Parameters<typeof renderMistake>[0][]): Report {
  return {
    lines: [...mistakes.flatMap(renderMistake), `${path} can't be used: no case was run.`],
    json: { file: path, mistakes },
    exitCode: 2,
  };
}

function isAsExpected({ expect, binding, pointer, code }: PolicyCase, outcome: Outcome): boolean {
  if (outcome.allowed) return expect === 'allow' && (binding === undefined || binding === outcome.binding);
  const codes = code === undefined ? denialCodes : [code];
  const isThere = pointer === undefined || outcome.errors.some((each) => each.pointer === pointer);
  return expect === 'deny' && codes.includes(outcome.code) && isThere;
}

function describeExpected({ expect, binding, pointer, code }: PolicyCase): string {
  if (expect === 'allow') return binding === undefined ? 'allowed' : `allowed by ${binding}`;
  return `denied as ${code ?? denialCodes.join(' or ')}${pointer === undefined ? '' : `, at ${pointer || 'the whole request'}`}`;
}

function describeOutcome(outcome: Outcome): string {
  if (outcome.allowed) return `allowed by ${outcome.binding}`;
  const { code, detail, errors } = outcome;
  const places = errors.map(
    ({ pointer, actual, expected, hint }) =>
      `${pointer || 'the whole request'}: found ${actual}, expected ${expected} (${hint})`,
  );
  return `denied as ${code}, ${places.length === 0 ? detail : places.join('; ')}`;
}
