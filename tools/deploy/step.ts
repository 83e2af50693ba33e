/** One command that changes something. */
export interface Command {
  words: readonly string[];
  /** What it reads on standard input: a file's text, with the project's ID put in its place. */
  input?: { file: string; projectId: string; text: string };
}

/** One thing that is to be so, whatever was there before. */
export interface Step {
  /** What it is for, one sentence. */
  why: string;
  /** Commands that change nothing and answer in JSON: what there is. */
  looks: readonly (readonly string[])[];
  /** What leads from what there is to what is to be, an answer for each look; undefined stands for nothing there. */
  mend: (...found: unknown[]) => readonly Command[];
}

/** Steps that belong together. */
export interface Section {
  title: string;
  steps: readonly Step[];
}

/** A gcloud command in the project, that asks nothing. */
export function gcloud(projectId: string, ...words: string[]): string[] {
  return ['gcloud', ...words, `--project=${projectId}`, '--quiet'];
}

/** A gcloud command that tells what there is, in JSON. */
export function look(projectId: string, ...words: string[]): string[] {
  return gcloud(projectId, ...words, '--format=json');
}

/** Stands for the project's number in a plan that is only printed: learning it takes gcloud. */
export const unknownProjectNumber = 'PROJECT_NUMBER';
