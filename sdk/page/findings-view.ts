import type { ExplainedCause } from '../src/diagnose/explain/explain.ts';
import type { Finding } from '../src/diagnose/finding.ts';
import { timesInWords } from '../src/diagnose/times-in-words.ts';
import { element } from './element.ts';
import { type Language, stepNames, strings } from './strings.ts';

/** The findings as a list, the root cause first. */
export function viewFindings(findings: readonly Finding[], language: Language): HTMLElement | null {
  if (findings.length === 0) return null;
  return element(
    'ol',
    { class: 'findings' },
    ...findings.map((finding, index) => viewFinding(finding, index, language)),
  );
}

function viewFinding(finding: Finding, index: number, language: Language): HTMLElement {
  const text = strings[language];
  const { code, step, claim, because, cause, remedy, repaired } = finding;
  const { actual, expected } = timesInWords(finding);
  const place = [stepNames[language][step], claim].filter((part) => part !== undefined).join(', ');
  const facts: [string, string | number | null | undefined][] = [
    [text.actual, actual],
    [text.expected, expected],
    [text.because, because],
  ];
  return element(
    'li',
    { class: index === 0 ? 'finding root' : 'finding' },
    element(
      'h3',
      {},
      index === 0 ? element('span', { class: 'tag first' }, text.rootCause) : null,
      element('code', {}, code),
      element('span', { class: 'tag' }, place),
    ),
    element('p', {}, cause[language]),
    element('p', { class: 'remedy' }, remedy[language]),
    viewFacts(facts),
    repaired === undefined ? null : element('p', { class: 'hint' }, repaired[language]),
  );
}

/** What an error text can mean, as a list, likeliest first. */
export function viewCauses(causes: readonly ExplainedCause[], language: Language): HTMLElement {
  const items = causes.map(({ code, library, cause, remedy }) =>
    element(
      'li',
      { class: 'finding' },
      element('h3', {}, element('code', {}, code), element('span', { class: 'tag' }, library)),
      element('p', {}, cause[language]),
      element('p', { class: 'remedy' }, remedy[language]),
    ),
  );
  return element('ol', { class: 'findings' }, ...items);
}

function viewFacts(facts: readonly [string, string | number | null | undefined][]): HTMLElement | null {
  const shown = facts.filter(([, value]) => value !== null && value !== undefined);
  if (shown.length === 0) return null;
  const rows = shown.flatMap(([label, value]) => [
    element('dt', {}, label),
    element('dd', {}, String(value)),
  ]);
  return element('dl', { class: 'facts' }, ...rows);
}
