import type { Binding, Policy, ProblemFault } from '../contract/generated/types.ts';
import { checkNames } from '../tokens/claim-rules.ts';
import { fault, pointerTo } from '../tokens/fault.ts';
import { profileOf } from '../tokens/profiles.ts';
import { registeredClaims } from '../tokens/registered-claims.ts';

/** Mistakes in who is named: an ID given twice, and an account that could ask for tokens of its own. */
export function checkMembers({ bindings }: Policy, runtimeAccount?: string): ProblemFault[] {
  const signers = bindings.flatMap((each) => each.serviceAccounts);
  const barred = new Set([...signers, runtimeAccount].map((email) => `serviceAccount:${email}`));
  const seen = new Set<string>();
  return bindings.flatMap(({ id, members }, index) => {
    const pointer = `/bindings/${index}`;
    const mistakes: ProblemFault[] = [];
    if (seen.has(id)) {
      mistakes.push(
        fault(`${pointer}/id`, id, 'an id of its own', 'The audit tells bindings apart by their id.'),
      );
    }
    seen.add(id);
    for (const [at, member] of members.entries()) {
      if (!barred.has(member)) continue;
      const hint = 'Nothing else runs as these, so a caller that is one has got hold of its credentials.';
      mistakes.push(
        fault(`${pointer}/members/${at}`, member, 'neither a signer nor the runtime account', hint),
      );
    }
    return mistakes;
  });
}

/** A topic is known by its push account alone, so each account stands for one topic. */
export function checkPushAccounts({ pushAccounts = {} }: Policy): ProblemFault[] {
  const seen = new Set<string>();
  return Object.entries(pushAccounts).flatMap(([topic, account]) => {
    const isRepeated = seen.has(account);
    seen.add(account);
    if (!isRepeated) return [];
    const hint = 'Give each topic a push account of its own: the account is how the topic is told.';
    return [fault(pointerTo('/pushAccounts', topic), account, 'an account of no other topic', hint)];
  });
}

/** A claim is the server's, the profile's or the caller's: `setClaims` names none of the others', nor one that is always refused. */
export function checkSetClaims(
  { setClaims = {}, claims = {}, profiles = [] }: Binding,
  pointer: string,
): ProblemFault[] {
  const asked = (claims as { properties?: object }).properties ?? {};
  return Object.keys(setClaims).flatMap((name) => {
    const isTaken =
      registeredClaims.has(name) ||
      Object.hasOwn(asked, name) ||
      profiles.some((profile) => Object.hasOwn(profileOf(profile).fills, name)) ||
      checkNames({ [name]: true }).length > 0;
    if (!isTaken) return [];
    const at = pointerTo(pointerTo(pointer, 'setClaims'), name);
    return [
      fault(at, name, 'a private claim that neither claims nor a profile has', 'Remove it from one of them.'),
    ];
  });
}
