import { printable } from '../diagnose/unprintable.ts';
import { type Command, type ExitCode, exitCodes, type Surroundings, UsageError } from './command.ts';

const usage = `countersign: JWTs signed as a service account, and why one fails to verify

  countersign token AUD           print a token for an audience
      --url URL  --as SERVICE_ACCOUNT  --lang en|ja
  countersign check AUD           walk from the service's door to a verified token, and say what to mend
      --url URL  --as SERVICE_ACCOUNT  --forbidden AUD  --json  --lang en|ja
  countersign diagnose [TOKEN|-]  say why a JWT fails to verify
      --jwks URL|FILE  --key FILE  --issuer I  --audience A  --subject S  --alg RS256
      --clock-tolerance SECONDS  --at NUMERICDATE  --profile P  --snippets  --json  --lang en|ja
  countersign explain TEXT|-      say what an error text of a JWT library or gateway means
      --json  --lang en|ja
  countersign decode [TOKEN|-]    show header, claims and times, unverified
      --lang en|ja
  countersign page [--port N]     serve the doctor's page on this machine

--url is the Countersign service, COUNTERSIGN_URL where left out. The caller's ID token comes from the metadata
server; --as has it from IAM for that account, with your default credentials.
"-" reads standard input, which keeps a token out of the shell's history.
--forbidden is an audience that must be refused, for a prober.
Exit codes: 0 valid or done, 1 invalid, 2 wrong usage, 3 could not tell.
`;

/** The commands by name; each is loaded when it is asked for. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  token: async () => (await import('./token-command.ts')).tokenCommand,
  check: async () => (await import('./check-command.ts')).checkCommand,
  diagnose: async () => (await import('./diagnose-command.ts')).diagnoseCommand,
  explain: async () => (await import('./explain-command.ts')).explainCommand,
  decode: async () => (await import('./decode-command.ts')).decodeCommand,
  page: async () => (await import('./page-command.ts')).pageCommand,
};

/** Runs the command that the arguments name, and answers the exit code. */
export async function run(args: string[], surroundings: Surroundings): Promise<ExitCode> {
  const [name = '', ...rest] = args;
  if (name === 'help' || args.includes('--help') || args.includes('-h')) {
    surroundings.print(usage);
    return exitCodes.done;
  }
  try {
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (load === undefined) throw new UsageError(name === '' ? 'no command given' : 'unknown command');
    return await (await load())(rest, surroundings);
  } catch (error) {
    const isUsage = error instanceof UsageError || isParseError(error);
    if (!isUsage) throw error;
    surroundings.printError(`countersign: ${printable(withoutArguments(error.message))}\n\n${usage}`);
    return exitCodes.usage;
  }
}

/** Node's parser quotes the argument that it did not understand, which may be a token. */
function withoutArguments(message: string): string {
  return (message.split('. To specify')[0] ?? '').replaceAll(/\S{40,}/g, '…');
}

function isParseError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
