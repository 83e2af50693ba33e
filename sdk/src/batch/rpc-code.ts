/** google.rpc.Code of the HTTP statuses that have one meaning. */
const codeOfStatus = new Map([
  [401, 16],
  [403, 7],
  [404, 5],
]);

/**
 * The google.rpc.Code of an error of a Google client. Over gRPC the error has it; over REST (`fallback: true`) clients
 * on google-gax 5 and before have the HTTP status in its place, and the code's name in the message.
 */
export function rpcCodeOf(error: unknown): number | undefined {
  const { code, message } = Object(error);
  if (code === 400) return String(message).includes('FAILED_PRECONDITION') ? 9 : 3;
  return codeOfStatus.get(code) ?? (typeof code === 'number' ? code : undefined);
}
