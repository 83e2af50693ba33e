import type { ProblemFault } from '../contract/generated/types.ts';
import { fault } from '../tokens/fault.ts';
import type { CompiledBinding, CompiledPolicy } from './policy.ts';

/** Where a batch's tokens go, by what a policy can say of it. */
export type Delivery =
  | {
      /** `projects/P/secrets/S`. */
      secret: string;
      /** The secret's label `countersign`; undefined where it has none, left out while it is not known. */
      label?: string | undefined;
    }
  | {
      /** `projects/P/topics/T`. */
      topic: string;
      /** RFC 7638 SHA-256 thumbprint of the key that the result is encrypted for. */
      jwkThumbprint: string;
    };

/** The resource that the delivery goes to. */
export function resourceOf(delivery: Delivery): string {
  return 'secret' in delivery ? delivery.secret : delivery.topic;
}

/** What keeps the binding from allowing tokens to this delivery. */
export function checkDelivery(delivery: Delivery, binding: CompiledBinding): ProblemFault | undefined {
  const resource = resourceOf(delivery);
  if (!binding.deliverTo.includes(resource)) {
    const hint = 'The binding lists other deliveries, or none.';
    return fault('/deliverTo', resource, 'a delivery that the binding lists', hint);
  }
  if ('topic' in delivery) {
    if (binding.jwkThumbprints.includes(delivery.jwkThumbprint)) return undefined;
    const hint = 'The binding lists the thumbprints (RFC 7638) of other keys, or none.';
    return fault('/deliverTo/jwk', delivery.jwkThumbprint, 'a key that the binding lists', hint);
  }
  if (!('label' in delivery) || delivery.label === binding.id) return undefined;
  const hint = `Label it: gcloud secrets update SECRET --update-labels=countersign=${binding.id}`;
  return fault('/deliverTo/secret', delivery.label, `a secret labelled countersign=${binding.id}`, hint);
}

/** Why none of the member's bindings allows the delivery, whatever is asked for; undefined where one does. */
export function refuseDelivery(
  policy: CompiledPolicy,
  member: string,
  delivery: Delivery,
): ProblemFault[] | undefined {
  const refusals: ProblemFault[] = [];
  for (const binding of policy.byMember.get(member) ?? []) {
    const failed = checkDelivery(delivery, binding);
    if (failed === undefined) return undefined;
    refusals.push({ ...failed, hint: `Binding ${binding.id}: ${failed.hint}` });
  }
  return refusals;
}
