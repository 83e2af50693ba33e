import type { IamBinding, IamReader, Reading, UserManagedKey } from './iam-reader.ts';
import { powersAmong, powersOfPredefined } from './powers.ts';

/** One grant that lets a member sign as an account, become it, or give itself that. */
export interface Grant {
  account: string;
  /** The runtime account and who else is expected; the account itself; or anyone else. */
  standing: 'expected' | 'itself' | 'other';
  member: string;
  role: string;
  /** Where the role is granted: the account, or its project. */
  on: string;
  /** Undefined where the role could not be read. */
  permissions: string[] | undefined;
  condition: string | undefined;
}

/** A key that signs for the account wherever its private half has got to. */
export interface HeldKey {
  account: string;
  id: string;
  ageDays: number;
  disabled: boolean;
}

export interface Audit {
  accounts: string[];
  grants: Grant[];
  keys: HeldKey[];
  /** What could not be read, each with the reason: it may hold more. */
  unread: { what: string; reason: string }[];
}

export interface AuditOptions {
  reader: IamReader;
  /** E-mails of the signers, and of the delegates on the way to them. */
  accounts: readonly string[];
  /** Members that may sign as an account. */
  expectedOf: (account: string) => readonly string[];
  /** The project that an account is in, as far as its e-mail tells. */
  projectOf: (account: string) => string | undefined;
  /** The time, a NumericDate. */
  now: number;
}

/** Finds everyone who can sign as the accounts, as far as the policies of these and of their projects say. */
export async function auditSigners({
  reader,
  accounts,
  expectedOf,
  projectOf,
  now,
}: AuditOptions): Promise<Audit> {
  const audit: Audit = { accounts: [...accounts], grants: [], keys: [], unread: [] };
  const take = <Value>(reading: Reading<Value>, what: string): Value | undefined => {
    if ('value' in reading) return reading.value;
    if (!audit.unread.some((each) => each.what === what)) audit.unread.push({ what, reason: reading.unread });
    return undefined;
  };
  const readRole = remember((name) => reader.role(name));
  const readProject = remember((projectId) => reader.projectPolicy(projectId));

  for (const account of accounts) {
    const own = take(await reader.accountPolicy(account), `the IAM policy of ${account}`);
    await addGrants(account, account, own ?? []);
    const keys = take(await reader.userManagedKeys(account), `the user-managed keys of ${account}`);
    audit.keys.push(...(keys ?? []).flatMap((key) => heldKey(account, key, now)));
    const projectId = projectOf(account);
    if (projectId === undefined) {
      audit.unread.push({ what: `the project of ${account}`, reason: 'its e-mail does not tell it' });
      continue;
    }
    const above = take(await readProject(projectId), `the IAM policy of projects/${projectId}`);
    await addGrants(account, `projects/${projectId}`, above ?? []);
  }
  return audit;

  async function addGrants(account: string, on: string, bindings: IamBinding[]): Promise<void> {
    for (const { role, members, condition } of bindings) {
      const permissions = powersOfPredefined(role) ?? (await powersOfRole(role, account, members));
      if (permissions?.length === 0) continue;
      for (const member of members) {
        // A deleted principal holds nothing until it is restored.
        if (member.startsWith('deleted:')) continue;
        audit.grants.push({
          account,
          standing: standingOf(member, account),
          member,
          role,
          on,
          permissions: permissions && [...permissions],
          condition: condition && (condition.expression ?? condition.title ?? ''),
        });
      }
    }
  }

  async function powersOfRole(
    role: string,
    account: string,
    members: string[],
  ): Promise<string[] | undefined> {
    const reading = await readRole(role);
    if ('value' in reading) return powersAmong(reading.value);
    // What an expected member's role holds changes nothing about who else can sign.
    if (members.some((member) => standingOf(member, account) === 'other')) take(reading, `the role ${role}`);
    return undefined;
  }

  function standingOf(member: string, account: string): Grant['standing'] {
    if (expectedOf(account).includes(member)) return 'expected';
    return member === `serviceAccount:${account}` ? 'itself' : 'other';
  }
}

function heldKey(account: string, key: UserManagedKey, now: number): HeldKey[] {
  if (key.validBeforeTime !== undefined && Date.parse(key.validBeforeTime) / 1000 <= now) return [];
  const ageDays = Math.floor((now - Date.parse(key.validAfterTime) / 1000) / 86_400);
  return [
    { account, id: key.name.slice(key.name.lastIndexOf('/') + 1), ageDays, disabled: key.disabled ?? false },
  ];
}

/** Asks once for each name. */
function remember<Value>(ask: (name: string) => Promise<Value>): (name: string) => Promise<Value> {
  const answers = new Map<string, Promise<Value>>();
  return (name) => {
    const answer = answers.get(name) ?? ask(name);
    answers.set(name, answer);
    return answer;
  };
}
