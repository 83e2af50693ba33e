import type { IdentityResponse } from '../contract/generated/types.ts';
import type { AuthenticatedOperation } from './exchange.ts';

/** `GET /v1/identity`: what the function runs as, its signers, the caller, and the bindings that name it. */
export const getIdentity: AuthenticatedOperation = async (services, { scope }, caller) => {
  const { policySource, now } = services.issuance;
  const { policy, digest, loadedAt } = await policySource.current();
  const body: IdentityResponse = {
    runsAs: await services.runtimeIdentity.email(scope.deadline),
    signers: policy.signers,
    caller: { member: caller.member, sub: caller.sub },
    bindings: (policy.byMember.get(caller.member) ?? []).map(({ id, kinds, audiences, profiles }) => ({
      id,
      kinds,
      audiences: audiences.map(({ source }) => source),
      profiles,
    })),
    policy: { digest, ageSeconds: now() - loadedAt },
  };
  return { status: 200, body };
};
