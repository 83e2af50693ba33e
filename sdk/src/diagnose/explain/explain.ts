import { describeCode } from '../describe-finding.ts';
import type { FindingCode, Localized } from '../finding.ts';
import { stepOf } from '../finding.ts';
import { dotnetTexts } from './dotnet.ts';
import { goTexts } from './go.ts';
import { googleTexts } from './google.ts';
import { googleJavascriptTexts } from './google-javascript.ts';
import { javascriptTexts } from './javascript.ts';
import { jvmTexts } from './jvm.ts';
import type { KnownText, KnownTexts } from './known-texts.ts';
import { isAllThereIs, normaliseText, speaksOfJwt } from './normalise-text.ts';
import { pythonAndRubyTexts } from './python-and-ruby.ts';

/** What an error text can mean. */
export interface ExplainedCause {
  /** The code that diagnose would give. */
  code: FindingCode;
  /** The step of the diagnosis that finds it. */
  step: (typeof stepOf)[FindingCode];
  /** The library or gateway whose text it is. */
  library: string;
  /** Why a verifier says so. */
  cause: Localized;
  /** What to do. */
  remedy: Localized;
}

export const knownTexts: readonly KnownTexts[] = [
  ...javascriptTexts,
  ...googleJavascriptTexts,
  ...pythonAndRubyTexts,
  ...goTexts,
  ...jvmTexts,
  ...dotnetTexts,
  ...googleTexts,
];

interface Pattern {
  library: string;
  expression: RegExp;
  codes: readonly FindingCode[];
  /** Needs to be all there is, or a word like JWT beside it. */
  common: boolean;
}

interface Match extends Pattern {
  start: number;
  end: number;
}

let compiled: readonly Pattern[] | undefined;

/**
 * Maps the error text of a JWT library or gateway, wrapped in whatever log or JSON, to the doctor's codes: what
 * it can mean, likeliest first. Empty where nothing is recognised.
 */
export function explain(errorText: string): ExplainedCause[] {
  const text = normaliseText(errorText);
  compiled ??= knownTexts.flatMap(compile);
  const inContext = speaksOfJwt(text);
  const matches = compiled.flatMap((pattern) => find(pattern, text, inContext));
  // A text that another one contains says less: "Jwt is expired" within "token has invalid claims: ...".
  const outermost = matches.filter((match) => !matches.some((other) => contains(other, match)));
  const seen = new Map<FindingCode, ExplainedCause>();
  for (const { codes, library } of byLikelihood(outermost)) {
    for (const code of codes) {
      if (!seen.has(code)) seen.set(code, { code, step: stepOf[code], library, ...describeCode(code) });
    }
  }
  return [...seen.values()];
}

/** First what each match means first, in the order of the text; then what each could mean besides. */
function byLikelihood(matches: readonly Match[]): { codes: readonly FindingCode[]; library: string }[] {
  const ordered = matches.toSorted((a, b) => a.start - b.start || b.end - a.end);
  return [
    ...ordered.map(({ codes, library }) => ({ codes: codes.slice(0, 1), library })),
    ...ordered.map(({ codes, library }) => ({ codes: codes.slice(1), library })),
  ];
}

function find(pattern: Pattern, text: string, inContext: boolean): Match[] {
  const found = pattern.expression.exec(text);
  if (found === null) return [];
  const start = found.index;
  const end = start + found[0].length;
  if (pattern.common && !inContext && !isAllThereIs(text, start, end)) return [];
  return [{ ...pattern, start, end }];
}

function contains(outer: Match, inner: Match): boolean {
  const longer = outer.end - outer.start > inner.end - inner.start;
  return longer && outer.start <= inner.start && outer.end >= inner.end;
}

function compile({ library, texts, common = [] }: KnownTexts): Pattern[] {
  const toPattern = (isCommon: boolean) => (known: KnownText) => {
    const [text, ...codes] = known;
    return { library, expression: toExpression(text, isCommon), codes, common: isCommon };
  };
  return [...texts.map(toPattern(false)), ...common.map(toPattern(true))];
}

/**
 * The text as an expression: in whatever case, whole words, and up to 200 characters for each `*`. One at the end asks
 * for nothing; in a common text, which has to be all there is, it is the next word where there is one.
 */
function toExpression(known: string, isCommon: boolean): RegExp {
  const text = known.replace(/(?<![\s:,])[\s:,]*\*$/, '');
  const parts = normaliseText(text).split('*');
  const source = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^\\n]{0,200}?');
  const before = /^\w/.test(text) ? '(?<!\\w)' : '';
  const after = /\w$/.test(text) ? '(?!\\w)' : '';
  const next = isCommon && known.endsWith('*') ? '(?:[\\s:]+[\\w.:@/-]{1,64})?' : '';
  return new RegExp(before + source + after + next, 'i');
}
