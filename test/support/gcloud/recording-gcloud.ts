import { handlers } from './commands.ts';
import { type Parsed, parseCommand, UsageFault } from './parse-command.ts';
import { ApiFault, emptyProject, type ProjectState } from './state.ts';

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Which API a command needs to be enabled, by its first word. */
const apis: Record<string, string> = {
  iam: 'iam.googleapis.com',
  secrets: 'secretmanager.googleapis.com',
  functions: 'cloudfunctions.googleapis.com',
  run: 'run.googleapis.com',
  pubsub: 'pubsub.googleapis.com',
  logging: 'logging.googleapis.com',
  monitoring: 'monitoring.googleapis.com',
  scheduler: 'cloudscheduler.googleapis.com',
};

/**
 * Stands in for gcloud: knows its commands and flags, keeps what they make in one project, refuses what is there
 * already or refers to what is not, and notes every call. State: that project, and the calls.
 */
export class RecordingGcloud {
  readonly state: ProjectState;
  readonly calls: { words: string[]; input: string | undefined }[] = [];
  /** Fails in a command's place where it answers something; the fault that gcloud would print. */
  failWith: (command: string) => string | undefined = () => undefined;

  constructor(state: ProjectState = emptyProject()) {
    this.state = state;
  }

  /** The calls that changed something or tried to. */
  changes(): string[][] {
    return this.calls.map(({ words }) => words).filter((words) => !isLook(parseCommand(words).command));
  }

  /** Runs a command, the words after `gcloud`. */
  run(words: readonly string[], input?: string): Ended {
    this.calls.push({ words: [...words], input });
    try {
      const parsed = parseCommand(words);
      this.#refuse(parsed);
      const answer = handlers[parsed.command]?.(this.state, parsed, input);
      const isText = String(parsed.flags['--format']).startsWith('value(');
      return { status: 0, stdout: isText ? `${answer}\n` : JSON.stringify(answer ?? null), stderr: '' };
    } catch (error) {
      if (!(error instanceof UsageFault || error instanceof ApiFault)) throw error;
      const name = words.slice(0, 3).join('.');
      const status = error instanceof UsageFault ? 2 : 1;
      return { status, stdout: '', stderr: `ERROR: (gcloud.${name}) ${error.message}\n` };
    }
  }

  #refuse({ command, flags }: Parsed): void {
    const fault = this.failWith(command);
    if (fault !== undefined) throw new ApiFault(fault);
    if (command === 'projects describe') return;
    if (flags['--project'] === undefined || flags['--quiet'] === undefined)
      throw new UsageFault('it would ask, or take the project from elsewhere');
    const api = apis[command.split(' ')[0] ?? ''];
    if (api !== undefined && !this.state.services.includes(api))
      throw new ApiFault(`PERMISSION_DENIED: ${api} SERVICE_DISABLED`);
  }
}

function isLook(command: string): boolean {
  return /\b(describe|list|get-iam-policy)$/.test(command);
}
