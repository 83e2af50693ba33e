export type { BatchEntry, BatchResult, ProblemDocument } from '../generated/types.ts';
export {
  type BatchItem,
  type BatchMessage,
  type BatchOptions,
  buildBatchMessage,
  type DeliverTo,
} from './message.ts';
export { readResult, type SecretReader } from './read-result.ts';
export { ReplyCollector } from './reply-collector.ts';
export {
  createReplyKeys,
  openReply,
  type ReplyAlgorithm,
  type ReplyJwk,
  type ReplyKeys,
} from './reply-keys.ts';
export { type WaitOptions, waitForResult } from './wait-for-result.ts';
