import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { answerGoogle, type GoogleOptions } from '../http/answer-google.ts';
import type { ErrorBody } from '../http/api-error.ts';
import type { Answer, HttpRequest } from '../http/route.ts';
import type { Fault } from '../traffic/fault.ts';
import { findRpc, fromRestAnswer, type Rpc, toRestCall } from './rpcs.ts';

/** google.rpc.Code, each name at its number. */
const codes = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'],
  ...['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

/** One byte that says whether the message is compressed, four of its length. */
const prefixBytes = 5;

/**
 * Answers unary gRPC calls by the REST method that each is the same as, so that log, faults and errors are one for
 * both. What is not in the table of rpcs is UNIMPLEMENTED.
 */
export function createStreamListener(
  options: GoogleOptions,
): (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void {
  return (stream, headers) => {
    stream.on('error', () => {});
    serve(stream, headers, options).catch((error: unknown) => {
      if (!stream.destroyed) console.error('emulator:', error);
      stream.close();
    });
  };
}

async function serve(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: GoogleOptions,
): Promise<void> {
  const rpc = findRpc(String(headers[':path']));
  const frame = await buffer(stream);
  if (!rpc) return fail(stream, 'UNIMPLEMENTED', 'The emulator does not serve this method over gRPC.');
  const request = readRequest(rpc, frame, { identity: options.identity, headers });
  if (!request) return fail(stream, 'INTERNAL', 'The request is not one uncompressed message of its type.');
  await answerGoogle(request, options, async (answer, fault) => deliver(stream, rpc, answer, fault));
}

function readRequest(
  rpc: Rpc,
  frame: Buffer,
  common: Pick<HttpRequest, 'identity' | 'headers'>,
): HttpRequest | undefined {
  const isWhole = frame.length >= prefixBytes && frame.readUInt32BE(1) === frame.length - prefixBytes;
  if (!isWhole || frame[0] !== 0) return undefined;
  try {
    const call = toRestCall(rpc, frame.subarray(prefixBytes));
    return { ...common, ...call, query: new URLSearchParams(), transport: 'grpc' };
  } catch {
    return undefined;
  }
}

/** Of the faults that damage an answer, gRPC knows one: the stream is reset. */
function deliver(
  stream: ServerHttp2Stream,
  rpc: Rpc,
  { status, body }: Answer,
  fault?: Fault,
): number | null {
  if (fault?.resetAfterBytes !== undefined || fault?.closeAfterBytes !== undefined) {
    stream.session?.destroy();
    return null;
  }
  if (status === 200) succeed(stream, fromRestAnswer(rpc, body));
  else {
    const { error } = JSON.parse(body) as ErrorBody;
    fail(stream, error.status, error.message);
  }
  return status;
}

function succeed(stream: ServerHttp2Stream, message: Uint8Array): void {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.end(Buffer.concat([prefix, message]));
}

/** An error alone has neither a body nor trailers (gRPC over HTTP/2, "Trailers-Only"). */
function fail(stream: ServerHttp2Stream, status: string, message: string): void {
  const code = Math.max(codes.indexOf(status), codes.indexOf('UNKNOWN'));
  const headers = { 'grpc-status': String(code), 'grpc-message': encodeURI(message.toWellFormed()) };
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...headers }, { endStream: true });
}
