import { readFileSync } from 'node:fs';

/** A command as gcloud reads it. */
export interface Parsed {
  /** The command's words, such as `secrets versions add`. */
  command: string;
  positionals: string[];
  /** The flags given; one without a value is `true`. */
  flags: Record<string, string | true>;
}

/** What gcloud's command line refuses, with its exit code 2. */
export class UsageFault extends Error {}

const lines = readFileSync(new URL('flags.txt', import.meta.url), 'utf8').split('\n');
const table = new Map(
  lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, Set<string>] => {
      const [command = '', flags = ''] = line.split(':');
      return [command, new Set(flags.trim().split(' '))];
    }),
);
const common = new Set(['--format', '--project', '--quiet!']);

/** Reads the words of a gcloud command; what gcloud has no such command or flag for is a UsageFault. */
export function parseCommand(words: readonly string[]): Parsed {
  const isCommand = (length: number) => table.has(words.slice(0, length).join(' '));
  const length = [5, 4, 3, 2].find(isCommand);
  if (length === undefined) throw new UsageFault(`Invalid choice: '${words.slice(0, 3).join(' ')}'.`);
  const command = words.slice(0, length).join(' ');
  const known = table.get(command) ?? new Set();
  const flags: Parsed['flags'] = {};
  const positionals: string[] = [];
  for (const word of words.slice(length)) {
    if (!word.startsWith('--')) {
      positionals.push(word);
      continue;
    }
    const [, name = '', value] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const isKnown = (flag: string) => known.has(flag) || common.has(flag);
    const isSwitch = isKnown(`${name}!`) || isKnown(`${name.replace('--no-', '--')}!`);
    if (!isSwitch && !isKnown(name)) throw new UsageFault(`unrecognized arguments: ${word}`);
    if (isSwitch !== (value === undefined)) throw new UsageFault(`argument ${name}: wrong use of a value`);
    if (name in flags) throw new UsageFault(`argument ${name}: given twice`);
    flags[name] = value ?? true;
  }
  return { command, positionals, flags };
}
