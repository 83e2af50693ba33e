import { type Command, type Section, unknownProjectNumber } from './step.ts';

const plain = /^[\w@%+=:,./-]+$/;
const maxLength = 100;
const variable = `"$${unknownProjectNumber}"`;

/** A word as a POSIX shell reads it back; the project's number is the shell's variable of that name. */
export function quote(word: string): string {
  // The value alone of a flag is quoted, as one would by hand.
  const [, flag = '', value = ''] = /^(--[\w-]+=)?(.*)$/s.exec(word) ?? [];
  const quoted = value.split(unknownProjectNumber).map(quotePart).join(variable);
  return flag + (quoted === '' && flag === '' ? "''" : quoted);
}

function quotePart(part: string): string {
  return part === '' || plain.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`;
}

/** Sets that variable. */
export function learnProjectNumber(projectId: string): string {
  return `${unknownProjectNumber}=$(gcloud projects describe ${projectId} '--format=value(projectNumber)')`;
}

/** The command as an operator would type it, a flag on each line where it is long. */
export function renderCommand({ words, input }: Command): string {
  const first = words.findIndex((word) => word.startsWith('--'));
  const name = words.slice(0, first === -1 ? words.length : first).map(quote);
  const flags = words.slice(name.length).map(quote);
  const fed = input === undefined ? '' : `sed s/PROJECT_ID/${input.projectId}/g < ${quote(input.file)} | `;
  // Those that are on every command go on one line, where they are in nobody's way.
  const own = flags.filter((flag) => !/^--(project=|quiet$|format=)/.test(flag));
  const common = flags.filter((flag) => !own.includes(flag)).join(' ');
  const line = [...breakName(fed + name.join(' ')), ...own, ...(common === '' ? [] : [common])];
  return line.join(' ').length <= maxLength ? line.join(' ') : line.join(' \\\n  ');
}

/** What a long command is about goes on lines of its own: it is what has a dot, a slash or an at sign in it. */
function breakName(name: string): string[] {
  if (name.length <= maxLength || name.includes('|')) return [name];
  const words = name.split(' ');
  const at = words.findIndex((word) => /[.@/]/.test(word));
  return at === -1 ? [name] : [words.slice(0, at).join(' '), ...words.slice(at)];
}

/** The steps as a shell script that makes everything where nothing is there yet, each with its reason above it. */
export function renderSections(sections: readonly Section[]): string {
  return sections
    .map(({ title, steps }, index) => {
      const heading = `# ${index + 1}. ${title}`;
      const rendered = steps.map(({ why, looks, mend }) =>
        [...wrap(why), ...mend(...looks.map(() => undefined)).map(renderCommand)].join('\n'),
      );
      return [`${heading}\n# ${'-'.repeat(heading.length - 2)}`, ...rendered].join('\n\n');
    })
    .join('\n\n\n');
}

/** A sentence as comment lines that begin so. */
export function wrap(text: string, start = '# '): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < maxLength)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${start}${word}`);
  }
  return lines;
}
