import type { Binding } from '../../functions/contract/generated/types.ts';
import { decide } from '../../functions/policy/decide.ts';
import { parsePolicy } from '../../functions/policy/parse-policy.ts';
import type { CompiledPolicy } from '../../functions/policy/policy.ts';
import { describe, type Row, ratioOfRounds } from './row.ts';

const rounds = 11;
const decisionsPerRound = 20_000;
const member = 'serviceAccount:caller@acme.iam.gserviceaccount.com';
const now = 1_767_225_600;

/** One decision under 1,000 bindings, of which 10 name the caller, against a policy of those 10 alone. */
export async function rows(): Promise<Row[]> {
  const own = Array.from({ length: 10 }, (_each, index) => binding(`own-${index}`, member));
  const others = Array.from({ length: 990 }, (_each, index) =>
    binding(`other-${index}`, `serviceAccount:other-${index}@acme.iam.gserviceaccount.com`),
  );
  const large = await parsePolicy(
    JSON.stringify({ bindings: [...others.slice(0, 495), ...own, ...others.slice(495)] }),
  );
  const small = await parsePolicy(JSON.stringify({ bindings: own }));
  const times: { large: number[]; small: number[] } = { large: [], small: [] };
  for (let round = -2; round < rounds; round += 1) {
    const [first, second] = [timeOf(large), timeOf(small)];
    if (round < 0) continue;
    times.large.push(first);
    times.small.push(second);
  }
  return [
    {
      row: 'decision, 1,000 bindings of which 10 name the caller',
      peer: 'a policy of those 10',
      ratio: ratioOfRounds(times.large, times.small),
      figures: `${describe('1,000', times.large, 'ns')}, ${describe('10', times.small, 'ns')}`,
      goal: ['at most', 2],
    },
  ];
}

function binding(id: string, named: string): Binding {
  return {
    id,
    members: [named],
    audiences: [`https://${id}.example.com`, 'https://*.corp.example.com/*'],
    serviceAccounts: ['signer@acme.iam.gserviceaccount.com'],
  };
}

/** Nanoseconds of a decision that only the caller's last binding allows. */
function timeOf(policy: CompiledPolicy): number {
  const request = { kind: 'jwt' as const, member, claims: { aud: 'https://own-9.example.com' } };
  const context = { now, ownAudiences: ['https://countersign.example.com'] };
  const startedAt = process.hrtime.bigint();
  for (let index = 0; index < decisionsPerRound; index += 1) {
    if (decide(policy, request, context).grant === undefined) throw new Error('The request was denied.');
  }
  return Number(process.hrtime.bigint() - startedAt) / decisionsPerRound;
}
