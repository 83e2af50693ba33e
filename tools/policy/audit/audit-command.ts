import { loadPolicy } from '../check-policy.ts';
import { renderMistake } from '../mistakes.ts';
import { readInput } from '../read-input.ts';
import { type Report, UsageError } from '../report.ts';
import { auditSigners } from './audit-signers.ts';
import { googleAccess } from './google-access.ts';
import { createIamReader } from './iam-reader.ts';
import { projectOf } from './project-of.ts';
import { reportAudit } from './report-audit.ts';

export interface AuditRequest {
  path: string | undefined;
  projectId: string | undefined;
  /** Members that may sign beside the runtime accounts. */
  expect: readonly string[];
  environment: Record<string, string | undefined>;
  /** The time, a NumericDate. */
  now: () => number;
}

/** `npm run policy -- audit [FILE]`: who else can sign as the policy's signers. @throws UsageError */
export async function auditCommand({
  path,
  projectId,
  expect,
  environment,
  now,
}: AuditRequest): Promise<Report> {
  const file = path ?? environment.COUNTERSIGN_POLICY ?? localPolicy(environment);
  if (file === undefined) throw new UsageError('Give a policy file, or set COUNTERSIGN_POLICY.');
  const loaded = await loadPolicy(readInput(file, projectId));
  if (!('policy' in loaded)) {
    throw new UsageError(`${file} can't be used.\n${loaded.mistakes.flatMap(renderMistake).join('\n')}`);
  }
  const { bindings, signers } = loaded.policy;
  const delegates = bindings.flatMap((each) => each.delegates.flat());
  const accounts = [...new Set([...signers, ...delegates])];
  if (accounts.some((email) => email.includes('PROJECT_ID'))) {
    throw new UsageError(`${file} names accounts of PROJECT_ID: say which project with --project.`);
  }
  const audit = await auditSigners({
    reader: createIamReader(googleAccess(environment)),
    accounts,
    expectedOf: (account) => [
      ...[projectOf(account), projectId].flatMap(runtimeAccounts),
      ...delegates.map((email) => `serviceAccount:${email}`),
      ...expect,
    ],
    projectOf,
    now: now(),
  });
  return reportAudit(audit);
}

function localPolicy({ COUNTERSIGN_LOCAL }: AuditRequest['environment']): string | undefined {
  return COUNTERSIGN_LOCAL === 'true' ? 'tools/policies/local.json' : undefined;
}

/** The accounts that the functions run as, by the names that `npm run deploy` gives them. */
function runtimeAccounts(projectId: string | undefined): string[] {
  if (projectId === undefined) return [];
  const names = ['countersign', 'countersign-batch'];
  return names.map((name) => `serviceAccount:${name}@${projectId}.iam.gserviceaccount.com`);
}
