import { parseArgs } from 'node:util';
import { decode } from '../diagnose/decode.ts';
import { printable } from '../diagnose/unprintable.ts';
import { type Command, exitCodes } from './command.ts';
import { chooseLanguage } from './language.ts';
import { readArgument } from './read-argument.ts';

/** Shows header, claims and times as they are, unverified; exit 1 where a part can't be read. */
export const decodeCommand: Command = async (args, surroundings) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, lang: { type: 'string' } },
  });
  const language = chooseLanguage(values.lang, surroundings.env);
  const { header, claims, times, findings } = decode(await readArgument(positionals, surroundings));
  surroundings.print(`${printable(JSON.stringify({ header, claims, times }, null, 2))}\n`);
  for (const { code, cause } of findings) surroundings.printError(`${code}: ${printable(cause[language])}\n`);
  return header === null || claims === null ? exitCodes.invalid : exitCodes.done;
};
