import type { BatchResult } from '../contract/generated/types.ts';
import type { Deadline } from '../issuance/ports.ts';
import type { Delivery } from '../policy/delivery.ts';
import type { Note } from './notes.ts';

/** One place that results go to, opened for one event. Every method throws a DeliveryFailure. */
export interface DeliveryTarget {
  /** As the policy decides about it. */
  delivery: Delivery;
  /** What a result may take in all; undefined where it may be parted. */
  maxBytes: number | undefined;
  /** What is noted of the batch of this name. */
  noteOf(name: string): Note | undefined;
  /** Notes that this event works on the batch; false where another one came first. */
  claim(name: string, note: Note, deadline: Deadline): Promise<boolean>;
  /** Delivers, and notes that the batch is finished; answers the number of the version, where there is one. */
  deliver(name: string, note: Note, result: BatchResult, deadline: Deadline): Promise<number | undefined>;
  /** Takes this very claim back, if it was noted, so that the next delivery of the message need not wait until it ends. */
  release(name: string, claim: Note, deadline: Deadline): Promise<void>;
}
