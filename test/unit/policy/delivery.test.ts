import { expect, test } from 'vitest';
import { decide } from '../../../functions/policy/decide.ts';
import { type Delivery, refuseDelivery } from '../../../functions/policy/delivery.ts';
import { parsePolicy } from '../../../functions/policy/parse-policy.ts';
import { audience, binding, caller, now, policyText } from '../../support/fixtures.ts';

const secret = 'projects/acme/secrets/batch';
const topic = 'projects/acme/topics/replies';
const jwkThumbprint = 'a'.repeat(43);
const delivering = binding({ deliverTo: [secret, topic], jwkThumbprints: [jwkThumbprint] });

async function faultOf(delivery: Delivery, listed = delivering) {
  const policy = await parsePolicy(policyText(listed));
  const request = { kind: 'jwt' as const, member: caller, claims: { aud: audience }, delivery };
  const decision = decide(policy, request, { now, ownAudiences: [] });
  const fault = decision.grant ? undefined : decision.refusals[0]?.fault;
  expect(refuseDelivery(policy, caller, delivery)?.[0]?.pointer).toBe(fault?.pointer);
  return fault?.pointer;
}

test('a binding allows what it lists: its labelled secret, and a topic with a key it knows', async () => {
  expect(await faultOf({ secret, label: 'reports' })).toBeUndefined();
  expect(await faultOf({ topic, jwkThumbprint })).toBeUndefined();
});

test.each<[string, Delivery, string]>([
  ['a secret that it does not list', { secret: `${secret}-2`, label: 'reports' }, '/deliverTo'],
  ['a topic that it does not list', { topic: `${topic}-2`, jwkThumbprint }, '/deliverTo'],
  ['a secret without the label', { secret, label: undefined }, '/deliverTo/secret'],
  ['a secret with another binding’s label', { secret, label: 'other' }, '/deliverTo/secret'],
  ['a key that it does not list', { topic, jwkThumbprint: 'b'.repeat(43) }, '/deliverTo/jwk'],
])('a binding does not allow %s', async (_what, delivery, pointer) => {
  expect(await faultOf(delivery)).toBe(pointer);
});

test('a binding that lists no delivery allows none', async () => {
  expect(await faultOf({ secret, label: 'reports' }, binding())).toBe('/deliverTo');
});
