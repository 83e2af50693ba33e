import { parseArgs } from 'node:util';
import { type Diagnosis, diagnose } from '../diagnose/diagnose.ts';
import { type Expectations, resolveExpectations } from '../diagnose/expectations.ts';
import type { Finding } from '../diagnose/finding.ts';
import { verificationSnippets } from '../diagnose/snippets.ts';
import { timesInWords } from '../diagnose/times-in-words.ts';
import { type Command, type ExitCode, exitCodes } from './command.ts';
import { knowLocalCloud } from './know-local-cloud.ts';
import { chooseLanguage, type Language, words } from './language.ts';
import { readArgument } from './read-argument.ts';
import { readExpectations } from './read-options.ts';
import { type Styles, stylesFor } from './styles.ts';

const exitCodeOf: Readonly<Record<Diagnosis['verdict'], ExitCode>> = {
  valid: exitCodes.done,
  invalid: exitCodes.invalid,
  unverifiable: exitCodes.undecided,
};

/** Says why a JWT fails to verify, on paper or as JSON. */
export const diagnoseCommand: Command = async (args, surroundings) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      jwks: { type: 'string' },
      key: { type: 'string' },
      issuer: { type: 'string', multiple: true },
      audience: { type: 'string', multiple: true },
      subject: { type: 'string' },
      alg: { type: 'string', multiple: true },
      'clock-tolerance': { type: 'string' },
      at: { type: 'string' },
      profile: { type: 'string' },
      snippets: { type: 'boolean' },
      json: { type: 'boolean' },
      lang: { type: 'string' },
    },
  });
  const language = chooseLanguage(values.lang, surroundings.env);
  const expectations = await readExpectations(values, surroundings.env);
  const token = await readArgument(positionals, surroundings);
  const { verdict, findings } = await diagnose(
    token,
    knowLocalCloud(expectations, values, token, surroundings.env),
  );
  const snippets = verificationSnippets({ ...expectations, ...(values.jwks && { jwks: values.jwks }) });
  if (values.json === true) {
    const asked = values.snippets === true ? { snippets } : {};
    surroundings.print(`${JSON.stringify({ verdict, findings, ...asked }, null, 2)}\n`);
    return exitCodeOf[verdict];
  }
  const styles = stylesFor(surroundings.outputIsTerminal);
  surroundings.print(formatDiagnosis(verdict, findings, language, styles));
  if (verdict === 'valid') surroundings.print(formatUnchecked(expectations, language));
  if (values.snippets === true) {
    for (const { title, code } of snippets) surroundings.print(`\n${styles.bold(title)}\n\n${code}`);
  }
  return exitCodeOf[verdict];
};

function formatDiagnosis(
  verdict: Diagnosis['verdict'],
  findings: readonly Finding[],
  language: Language,
  styles: Styles,
): string {
  const text = words[language];
  const emphasis = { valid: styles.good, invalid: styles.bad, unverifiable: styles.unsure }[verdict];
  const head = styles.bold(emphasis(text[verdict]));
  if (findings.length === 0) return `${head}\n${text.nothing}\n`;
  return `${[head, ...findings.map((finding, index) => formatFinding(finding, index, language, styles))].join('\n\n')}\n`;
}

/** What no expectation was given for, and so was not held against the token. */
function formatUnchecked(expectations: Expectations, language: Language): string {
  const { audiences, issuers } = resolveExpectations(expectations);
  const { unchecked, give } = words[language];
  const names = [
    ...(audiences.length === 0 ? [`aud (${give('--audience')})`] : []),
    ...(issuers.length === 0 ? [`iss (${give('--issuer')})`] : []),
  ];
  return names.length === 0 ? '' : `${unchecked}: ${names.join(', ')}\n`;
}

function formatFinding(finding: Finding, index: number, language: Language, styles: Styles): string {
  const text = words[language];
  const { code, step, claim, because, cause, remedy, repaired } = finding;
  const { actual, expected } = timesInWords(finding);
  const title = `${index + 1}. ${styles.bold(code)} ${styles.dim(claim === undefined ? step : `${step}, ${claim}`)}`;
  const rows: [string, string | number | null | undefined][] = [
    [text.cause, cause[language]],
    [text.remedy, remedy[language]],
    [text.found, actual],
    [text.expected, expected],
    [text.because, because],
    [text.repaired, repaired?.[language]],
  ];
  const shown = rows.filter(([, value]) => value !== null && value !== undefined);
  return [title, ...shown.map(([label, value]) => `   ${styles.dim(`${label}:`)} ${value}`)].join('\n');
}
