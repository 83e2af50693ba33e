import { parseArgs } from 'node:util';
import { TokenClient } from '../client.ts';
import { printable } from '../diagnose/unprintable.ts';
import { CountersignError } from '../errors.ts';
import { type Command, exitCodes } from './command.ts';
import { describeFault } from './describe-fault.ts';
import { chooseLanguage } from './language.ts';
import { describeProblem, remedyOf } from './problem-words.ts';
import { readAudience, readServiceOptions } from './service-options.ts';

/** Prints a token for an audience, and nothing else, on standard output; exit 1 where it is refused. */
export const tokenCommand: Command = async (args, surroundings) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { url: { type: 'string' }, as: { type: 'string' }, lang: { type: 'string' } },
  });
  const language = chooseLanguage(values.lang, surroundings.env);
  const aud = readAudience(positionals);
  const client = new TokenClient(await readServiceOptions(values, surroundings.env));
  try {
    surroundings.print(`${await client.getToken(aud)}\n`);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { errors, retryable } = error;
    const lines = [
      `countersign: ${describeProblem(error, language)}`,
      ...errors.map((fault) => `  ${describeFault(fault)}`),
      // In Japanese the first line says it.
      ...(language === 'en' ? [`  What to do: ${remedyOf(error, language)}`] : []),
    ];
    surroundings.printError(`${lines.map(printable).join('\n')}\n`);
    return retryable ? exitCodes.undecided : exitCodes.invalid;
  }
};
