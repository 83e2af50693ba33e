import type { Binding, ProblemFault, ProfileName } from '../contract/generated/types.ts';
import type { AudiencePattern } from './audience-pattern.ts';

export type Kind = 'jwt' | 'id_token' | 'signature';

/** Finds what the binding's schema of private claims does not allow. */
export type PrivateClaimsCheck = (claims: Record<string, unknown>) => ProblemFault[];

/** A binding with all that it leaves out set to the narrowest, and its patterns compiled. */
export interface CompiledBinding extends Omit<Required<Binding>, 'description' | 'audiences' | 'claims'> {
  audiences: AudiencePattern[];
  profiles: ProfileName[];
  setClaims: Record<string, unknown>;
  checkPrivateClaims: PrivateClaimsCheck;
}

/** A policy file, compiled once. */
export interface CompiledPolicy {
  bindings: CompiledBinding[];
  /** The bindings that name each member, in file order. */
  byMember: ReadonlyMap<string, CompiledBinding[]>;
  /** All signers, the default one first. */
  signers: string[];
  /** The topic whose push subscription sends tokens of each account. */
  topicByPushAccount: ReadonlyMap<string, string>;
}
