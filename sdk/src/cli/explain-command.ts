import { parseArgs } from 'node:util';
import { explain } from '../diagnose/explain/explain.ts';
import { type Command, exitCodes } from './command.ts';
import { chooseLanguage, words } from './language.ts';
import { readArgument } from './read-argument.ts';
import { stylesFor } from './styles.ts';

/** Says what an error text can mean, likeliest first; exit 3 where it is not recognised. */
export const explainCommand: Command = async (args, surroundings) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, lang: { type: 'string' } },
  });
  const language = chooseLanguage(values.lang, surroundings.env);
  const causes = explain(await readArgument(positionals, surroundings));
  const exitCode = causes.length === 0 ? exitCodes.undecided : exitCodes.done;
  if (values.json === true) {
    surroundings.print(`${JSON.stringify({ causes }, null, 2)}\n`);
    return exitCode;
  }
  const styles = stylesFor(surroundings.outputIsTerminal);
  const text = words[language];
  const shown = causes.map(({ code, library, cause, remedy }, index) =>
    [
      `${index + 1}. ${styles.bold(code)}`,
      `   ${styles.dim(`${text.cause}:`)} ${cause[language]}`,
      `   ${styles.dim(`${text.remedy}:`)} ${remedy[language]}`,
      `   ${styles.dim(`${text.library}:`)} ${library}`,
    ].join('\n'),
  );
  surroundings.print(`${shown.length === 0 ? text.unknown : shown.join('\n\n')}\n`);
  return exitCode;
};
