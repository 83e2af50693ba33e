import type { Report } from '../report.ts';
import type { Audit, Grant, HeldKey } from './audit-signers.ts';

const blindSpots =
  'Not looked at: grants on folders and on the organisation, deny policies, who is in a group, and whether a ' +
  'condition holds.';

/** Ends with 1 where others can sign, else with 3 where something could not be read, else with 0. */
export function reportAudit(audit: Audit): Report {
  const others = othersOf(audit);
  const exitCode = others.length > 0 ? 1 : audit.unread.length > 0 ? 3 : 0;
  const verdict = {
    0: 'Nobody but the expected members can sign as these accounts.',
    1: `${others.length} other ${others.length === 1 ? 'way' : 'ways'} to sign as these accounts: ${others.join(', ')}.`,
    3: 'Could not tell whether others can sign: see what was not read.',
  }[exitCode];
  return {
    lines: [
      ...audit.accounts.flatMap((account) => describeAccount(account, audit)),
      ...audit.unread.map(({ what, reason }) => `not read: ${what}: ${reason}`),
      blindSpots,
      verdict,
    ],
    json: { ...audit, others, blindSpots },
    exitCode,
  };
}

/** Members and keys by which others can sign; a grant whose role could not be read is no finding, but unread. */
function othersOf({ grants, keys }: Audit): string[] {
  const members = grants.filter(
    ({ standing, permissions }) => standing === 'other' && permissions !== undefined,
  );
  const live = keys.filter(({ disabled }) => !disabled);
  return [...new Set([...members.map(({ member }) => member), ...live.map(({ id }) => `key ${id}`)])];
}

function describeAccount(account: string, { grants, keys }: Audit): string[] {
  const lines = [
    ...grants.filter((each) => each.account === account).map(describeGrant),
    ...keys.filter((each) => each.account === account).map(describeKey),
  ];
  return [account, ...(lines.length > 0 ? lines : ['  nobody that could be seen'])];
}

function describeGrant({ standing, member, role, on, permissions, condition }: Grant): string {
  const can = permissions?.map(shorten).join(', ') ?? 'permissions unknown';
  const where = on.startsWith('projects/') ? ` on ${on}` : '';
  const when = condition === undefined ? '' : ` if ${condition}`;
  return `  ${standing.padEnd(8)} ${member}: ${can} (${role}${where})${when}`;
}

function describeKey({ id, ageDays, disabled }: HeldKey): string {
  const age = `${ageDays} ${ageDays === 1 ? 'day' : 'days'} old`;
  return `  ${disabled ? 'disabled' : 'other   '} user-managed key ${id}, ${age}: whoever holds it signs anything`;
}

function shorten(permission: string): string {
  return permission.replace(/^iam\.serviceAccounts\./, '').replace(/^(iam|resourcemanager)\./, '');
}
