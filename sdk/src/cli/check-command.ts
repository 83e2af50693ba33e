import { parseArgs } from 'node:util';
import { CountersignError } from '../errors.ts';
import { CheckFault } from './check-fault.ts';
import { planCheck } from './check-service.ts';
import { type Command, exitCodes } from './command.ts';
import { printable } from './printable.ts';
import { readAudience, readServiceOptions } from './service-options.ts';
import { type Styles, stylesFor } from './styles.ts';

/** One step of the way to a verified token. */
interface CheckedStep {
  step: string;
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
    options: { url: { type: 'string' }, as: { type: 'string' }, json: { type: 'boolean' } },
  });
  const aud = readAudience(positionals);
  const options = await readServiceOptions(values, surroundings.env);
  const steps: CheckedStep[] = [];
  const seen = { caller: '', signer: '', token: '' };
  for (const [step, look] of planCheck(aud, options)) {
    const isOpen = steps.every(({ status }) => status === 'ok');
    steps.push(
      isOpen ? await take(step, () => look(seen)) : { step, status: 'not reached', found: null, mend: null },
    );
  }
  const styles = stylesFor(surroundings.outputIsTerminal);
  const shown = values.json === true ? JSON.stringify({ steps }, null, 2) : format(steps, styles);
  surroundings.print(`${shown}\n`);
  if (steps.some(({ status }) => status === 'failed')) return exitCodes.invalid;
  return steps.some(({ status }) => status === 'unknown') ? exitCodes.undecided : exitCodes.done;
};

async function take(step: string, look: () => Promise<string>): Promise<CheckedStep> {
  try {
    return { step, status: 'ok', found: printable(await look()), mend: null };
  } catch (error) {
    const { found, mend, passes } = readFault(error);
    return { step, status: passes ? 'unknown' : 'failed', found: printable(found), mend: printable(mend) };
  }
}

function readFault(error: unknown): { found: string; mend: string; passes: boolean } {
  if (error instanceof CheckFault) {
    return { found: error.message, mend: error.mend, passes: error.passes };
  }
  if (!(error instanceof CountersignError)) throw error;
  const { code, message, errors, retryable } = error;
  const hints = errors.map(({ pointer, hint }) => `${pointer}: ${hint}`).join(' ');
  const mend = hints || (retryable ? "Try again; if it stays, look at the service's log." : message);
  return { found: `${code}: ${message}`, mend, passes: retryable };
}

function format(steps: readonly CheckedStep[], styles: Styles): string {
  const emphasis = {
    ok: styles.good,
    failed: styles.bad,
    unknown: styles.unsure,
    'not reached': styles.dim,
  };
  return steps
    .flatMap(({ step, status, found, mend }) => [
      `${emphasis[status](status.padEnd(11))}  ${styles.bold(step.padEnd(14))}  ${found ?? ''}`.trimEnd(),
      ...(mend === null ? [] : [`${' '.repeat(13)}${styles.dim('Mend:')} ${mend}`]),
    ])
    .join('\n');
}
