import { parseArgs } from 'node:util';
import type { Localized } from '../diagnose/finding.ts';
import { printable } from '../diagnose/unprintable.ts';
import { CountersignError } from '../errors.ts';
import { CheckFault } from './check-fault.ts';
import { planCheck, type StepName } from './check-service.ts';
import { type Command, exitCodes } from './command.ts';
import { describeFault } from './describe-fault.ts';
import { chooseLanguage, type Language, padWords, stepWords } from './language.ts';
import { describeProblem, remedyOf } from './problem-words.ts';
import { readAudience, readServiceOptions } from './service-options.ts';
import { type Styles, stylesFor } from './styles.ts';

/** One step of the way to a verified token. */
interface CheckedStep {
  step: StepName;
  /** `unknown`: it failed in a way that may pass by itself. */
  status: 'ok' | 'failed' | 'unknown' | 'not reached';
  found: string | null;
  mend: string | null;
}

/** Walks from the service's door to a verified token, and says at the first step that fails how to mend it. */
export const checkCommand: Command = async (args, surroundings) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      as: { type: 'string' },
      forbidden: { type: 'string' },
      json: { type: 'boolean' },
      lang: { type: 'string' },
    },
  });
  const language = chooseLanguage(values.lang, surroundings.env);
  const aud = readAudience(positionals);
  const options = await readServiceOptions(values, surroundings.env);
  const steps: CheckedStep[] = [];
  const seen = { caller: '', signer: '', token: '' };
  for (const [step, look] of planCheck(aud, options, values.forbidden)) {
    const isOpen = steps.every(({ status }) => status === 'ok');
    steps.push(
      isOpen
        ? await take(step, language, () => look(seen))
        : { step, status: 'not reached', found: null, mend: null },
    );
  }
  const styles = stylesFor(surroundings.outputIsTerminal);
  const shown = values.json === true ? JSON.stringify({ steps }, null, 2) : format(steps, language, styles);
  surroundings.print(`${shown}\n`);
  if (steps.some(({ status }) => status === 'failed')) return exitCodes.invalid;
  return steps.some(({ status }) => status === 'unknown') ? exitCodes.undecided : exitCodes.done;
};

async function take(
  step: StepName,
  language: Language,
  look: () => Promise<Localized>,
): Promise<CheckedStep> {
  try {
    return { step, status: 'ok', found: printable((await look())[language]), mend: null };
  } catch (error) {
    const { found, mend, passes } = readFault(error, language);
    return { step, status: passes ? 'unknown' : 'failed', found: printable(found), mend: printable(mend) };
  }
}

function readFault(error: unknown, language: Language): { found: string; mend: string; passes: boolean } {
  if (error instanceof CheckFault) {
    return { found: error.found[language], mend: error.mend[language], passes: error.passes };
  }
  if (!(error instanceof CountersignError)) throw error;
  const { message, errors, retryable } = error;
  const hints = errors.map(describeFault).join(' ');
  const details = hints || (language === 'en' && !retryable ? message : '');
  const mend = `${remedyOf(error, language)} ${details}`.trimEnd();
  return { found: describeProblem(error, language), mend, passes: retryable };
}

function format(steps: readonly CheckedStep[], language: Language, styles: Styles): string {
  const emphasis = {
    ok: styles.good,
    failed: styles.bad,
    unknown: styles.unsure,
    'not reached': styles.dim,
  };
  const { statuses, names, mend: mendWord } = stepWords[language];
  return steps
    .flatMap(({ step, status, found, mend }) => [
      `${emphasis[status](padWords(statuses[status], 11))}  ${styles.bold(padWords(names[step], 14))}  ${found ?? ''}`.trimEnd(),
      ...(mend === null ? [] : [`${' '.repeat(13)}${styles.dim(`${mendWord}:`)} ${mend}`]),
    ])
    .join('\n');
}
