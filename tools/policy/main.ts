import { parseArgs } from 'node:util';
import { auditCommand } from './audit/audit-command.ts';
import { checkPolicy } from './check-policy.ts';
import { readInput } from './read-input.ts';
import { type Report, UsageError } from './report.ts';
import { testPolicy } from './test-policy.ts';

const usage = `npm run policy -- check FILE          every mistake in a policy, each with its JSON Pointer
npm run policy -- test FILE CASES     runs allow and deny cases as the function would decide them
npm run policy -- audit [FILE]        who else can sign as the policy's signers, read from IAM

  --project PROJECT   put for PROJECT_ID in the files, as npm run deploy does
  --expect MEMBER     audit: a member that may sign as the signers; repeat it for several
  --json              one JSON document instead of lines

check ends with 0 (valid) or 1; test with 0 (as expected), 1, or 2 where a file can't be used; audit with 0 (nobody
else), 1 (others can) or 3 (could not tell). Wrong usage is 2. The format is in docs/policy.md.`;

const now = () => Math.floor(Date.now() / 1000);

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      expect: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  const { lines, json, exitCode } = await run(positionals, values);
  console.log(values.json ? JSON.stringify(json, null, 2) : lines.join('\n'));
  process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof UsageError) && !isArgumentError(error)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}

async function run(
  [command, ...paths]: string[],
  { project, expect }: { project?: string; expect: string[] },
): Promise<Report> {
  if (project !== undefined && !/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project)) {
    throw new UsageError('--project is no project ID.');
  }
  if (command !== 'audit' && expect.length > 0) throw new UsageError('--expect is for audit alone.');
  const [policy = '', cases = ''] = paths;
  const read = (path: string) => ({ path, text: readInput(path, project) });
  switch (`${command} ${paths.length}`) {
    case 'check 1':
      return checkPolicy(policy, read(policy).text);
    case 'test 2':
      return testPolicy(read(policy), read(cases), now);
    case 'audit 0':
    case 'audit 1':
      return auditCommand({ path: paths[0], projectId: project, expect, environment: process.env, now });
    default:
      throw new UsageError('Give one command with the files that it takes.');
  }
}

function isArgumentError(error: unknown): error is Error {
  return (
    error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
  );
}
