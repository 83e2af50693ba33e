import { type Surroundings, UsageError } from './command.ts';

/** More than the doctor looks at, so that it can say that there was too much. */
const inputLimit = 131_072;

/** The token or text that a command is about: its arguments, or standard input for `-` and where there are none. */
export async function readArgument(
  positionals: readonly string[],
  surroundings: Surroundings,
): Promise<string> {
  const [first] = positionals;
  const fromInput = first === '-' && positionals.length === 1;
  if (first !== undefined && !fromInput) return positionals.join(' ');
  if (!fromInput && surroundings.inputIsTerminal) {
    throw new UsageError('give it as an argument, or "-" to read standard input');
  }
  const text = await surroundings.readInput(inputLimit);
  return text.replace(/\r?\n$/, '');
}
