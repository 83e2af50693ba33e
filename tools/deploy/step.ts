/** One command of a deployment. */
export interface Step {
  /** What it is for, one sentence. */
  why: string;
  command: string[];
  /** Where this command succeeds the step is done already, and is left out. */
  unless?: string[];
  /** What the command reads: a file, with the project's ID put in its place. */
  input?: { file: string; projectId: string };
}

/** A gcloud command in the project, that asks nothing. */
export function gcloud(projectId: string, ...words: string[]): string[] {
  return ['gcloud', ...words, `--project=${projectId}`, '--quiet'];
}

const plain = /^[\w@%+=:,./-]+$/;

/** A word as a POSIX shell reads it back. */
function quote(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The step as an operator would type it, its reason above it. */
export function render({ why, command, unless, input }: Step): string {
  const line = command.map(quote).join(' ');
  const fed =
    input === undefined ? line : `sed s/PROJECT_ID/${input.projectId}/g ${quote(input.file)} | ${line}`;
  const whole = unless === undefined ? fed : `${unless.map(quote).join(' ')} >/dev/null 2>&1 || ${fed}`;
  return `# ${why}\n${whole}\n`;
}
