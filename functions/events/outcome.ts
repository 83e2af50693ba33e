import type { BatchEntry } from '../contract/generated/types.ts';
import type { Problem } from '../contract/problem.ts';
import type { Delivered } from './delivery-target.ts';

/** What became of a batch: its result is delivered, was so before, or can't be delivered, for the reason given. */
export type Outcome =
  | { kind: 'delivered'; delivered: Delivered; results: BatchEntry[] }
  | { kind: 'repeated'; version: number | undefined }
  | { kind: 'undeliverable'; problem: Problem };
