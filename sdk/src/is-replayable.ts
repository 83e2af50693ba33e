/** Whether a body, if there is one, can be sent a second time: a stream can't, and so can't a Request's. */
export function isReplayable(body: unknown): boolean {
  const { [Symbol.asyncIterator]: iterate, pipe } = Object(body);
  return !iterate && !pipe && !(body instanceof ReadableStream);
}
