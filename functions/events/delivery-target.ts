import type { BatchResult } from '../contract/generated/types.ts';
import type { Deadline } from '../issuance/ports.ts';
import type { Delivery } from '../policy/delivery.ts';
import type { BusyNote, DoneNote, Note } from './notes.ts';

/** What came of a delivery, for the record. */
export interface Delivered {
  /** Number of the new version, where the delivery has versions. */
  version: number | undefined;
  /** Numbers of the old versions that were destroyed on the way. */
  destroyed: readonly number[];
  /** Why old versions are left that should have been destroyed. */
  leftBecause: string | undefined;
}

/** One place that results go to, opened for one event. Every method throws a DeliveryFailure. */
export interface DeliveryTarget {
  /** As the policy decides about it. */
  delivery: Delivery;
  /** What a result may take in all; undefined where it may be parted. */
  maxBytes: number | undefined;
  /** What is noted of the batch of this name. */
  noteOf(name: string): Note | undefined;
  /** Notes that this event works on the batch; false where another one came first. */
  claim(name: string, claim: BusyNote, deadline: Deadline): Promise<boolean>;
  /** Delivers, and notes that the batch is finished, once the number of the version is known. */
  deliver(
    name: string,
    done: Omit<DoneNote, 'version'>,
    result: BatchResult,
    deadline: Deadline,
  ): Promise<Delivered>;
  /** Takes this claim back, so that the next delivery of the message need not wait until it ends. */
  release(name: string, claim: BusyNote, deadline: Deadline): Promise<void>;
}
