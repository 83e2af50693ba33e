import { emailOf, type Grant } from '../policy/decide.ts';

/** The claims that the binding has the server put in; `$caller` and `$signer` stand for the e-mails. */
export function fillSetClaims({ binding, serviceAccount }: Grant, member: string): Record<string, unknown> {
  const values: Record<string, string> = { $caller: emailOf(member), $signer: serviceAccount };
  return Object.fromEntries(
    Object.entries(binding.setClaims).map(([name, value]) => [
      name,
      typeof value === 'string' ? (values[value] ?? value) : value,
    ]),
  );
}
