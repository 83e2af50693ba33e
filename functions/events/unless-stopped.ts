import { Problem } from '../contract/problem.ts';

/**
 * What the work comes to, unless the instance is stopped first.
 * @throws Problem `delivery_unavailable`: another instance then gets the message
 */
export async function unlessStopped<Result>(work: Promise<Result>, stopping: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () =>
    reject(new Problem('delivery_unavailable', 'The instance is being stopped.', { retryAfterSeconds: 5 }));
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  try {
    return await Promise.race([work, promise]);
  } finally {
    stopping.removeEventListener('abort', stop);
  }
}
