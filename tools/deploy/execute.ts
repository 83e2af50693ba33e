import { adviseOn } from './advice.ts';
import { renderCommand } from './render.ts';
import type { Command, Section } from './step.ts';

/** How a command ended. */
export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** What running a plan needs of the world. */
export interface Runner {
  /** Runs a command to its end, with this on its standard input. */
  run: (words: readonly string[], input?: string) => Ended;
  print: (line: string) => void;
  pause: (seconds: number) => Promise<void>;
}

/** A command that failed: which, what it said, and what to do. */
export class DeployError extends Error {
  override readonly name = 'DeployError';

  constructor(command: Command, { status, stderr }: Ended) {
    const said = stderr.trim();
    super(
      `This failed with status ${status}:\n\n${renderCommand(command)}\n\n${said}\n\n${adviseOn(said)}\n` +
        'Then run the same command again: what is there already is left out.',
    );
  }
}

/** What says that there is no such thing, of all that gcloud's commands say. */
const absent = /NOT_FOUND|status=\[404\]|Cannot find (service|job)|\bnot found\b|does not exist/i;
/** An answer that may be another one soon: IAM and the enabling of APIs take their time. */
const settling = /SERVICE_DISABLED|has not been used in project|does not exist|NOT_FOUND/i;
/** A log-based metric can be asked for up to ten minutes after it was made. */
const unseenMetric = /Cannot find metric/i;
const pauses = [5, 10, 20, 30, 60];
const longPauses = [...pauses, ...Array<number>(9).fill(60)];

/**
 * Runs a plan: each step looks at what is there, and changes what is not as it should be.
 * @returns how many commands changed something
 * @throws DeployError at the first that fails
 */
export async function execute(sections: readonly Section[], runner: Runner): Promise<number> {
  let changes = 0;
  for (const { title, steps } of sections) {
    runner.print(`\n${title}`);
    for (const { why, looks, mend } of steps) {
      const found = [];
      for (const words of looks) found.push(await take(words, runner));
      const commands = mend(...found);
      runner.print(`  ${commands.length === 0 ? 'as it is' : 'changing'}  ${why}`);
      for (const command of commands) {
        for (const line of renderCommand(command).split('\n')) runner.print(`            ${line}`);
        await change(command, runner);
        changes += 1;
      }
    }
  }
  return changes;
}

/** What gcloud says there is; undefined where there is nothing. */
async function take(words: readonly string[], runner: Runner): Promise<unknown> {
  const ended = await patiently(words, undefined, runner, /SERVICE_DISABLED|has not been used in project/);
  if (ended.status === 0) return readAnswer(words, ended);
  if (absent.test(ended.stderr)) return undefined;
  throw new DeployError({ words }, ended);
}

function readAnswer(words: readonly string[], ended: Ended): unknown {
  try {
    return JSON.parse(ended.stdout || 'null') ?? undefined;
  } catch {
    const stderr = `Its answer is no JSON: ${ended.stdout.slice(0, 200)}`;
    throw new DeployError({ words }, { ...ended, stderr });
  }
}

async function change({ words, input }: Command, runner: Runner): Promise<void> {
  const ended = await patiently(words, input?.text, runner, settling);
  if (ended.status !== 0) throw new DeployError({ words, ...(input && { input }) }, ended);
}

async function patiently(
  words: readonly string[],
  input: string | undefined,
  { run, print, pause }: Runner,
  passing: RegExp,
): Promise<Ended> {
  for (let tries = 0; ; tries += 1) {
    const ended = run(words, input);
    if (ended.status === 0) return ended;
    const isMetric = unseenMetric.test(ended.stderr);
    const seconds = (isMetric ? longPauses : pauses)[tries];
    if (seconds === undefined || !(isMetric || passing.test(ended.stderr))) return ended;
    print(`            not there yet; once more in ${seconds} s`);
    await pause(seconds);
  }
}
