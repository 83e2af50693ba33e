import type { Identity } from '../identity.ts';
import type { Fault } from './fault.ts';

/** The faults to come, in the order in which they were added. Its state is how many calls each has left to meet. */
export class Faults {
  #pending: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, left: fault.count === 0 ? Number.POSITIVE_INFINITY : fault.count });
  }

  /** The fault that this call meets, if any; each call meets at most one. */
  take(api: string, identity: Identity): Fault | undefined {
    if (this.#pending.length === 0) return undefined;
    const met = this.#pending.find(({ fault }) => matches(fault, api, identity));
    if (!met) return undefined;
    met.left -= 1;
    if (met.left <= 0) this.#pending = this.#pending.filter((pending) => pending !== met);
    return met.fault;
  }

  /** Those that are left, each with the calls that it has still to meet; 0 is without end. */
  all(): Fault[] {
    return this.#pending.map(({ fault, left }) => ({ ...fault, count: Number.isFinite(left) ? left : 0 }));
  }

  clear(): void {
    this.#pending = [];
  }
}

function matches(fault: Fault, api: string, identity: Identity): boolean {
  return (fault.api === '*' || fault.api === api) && (fault.identity ?? identity) === identity;
}
