import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from '../http/route.ts';
import type { Fault } from './fault.ts';

const slowSteps = 10;

/**
 * Writes an answer to the wire, damaged as the fault says. Resolves to the status that the client can have seen;
 * null when the connection was reset before any answer.
 */
export async function deliver(
  outgoing: ServerResponse,
  answer: Answer,
  fault?: Fault,
): Promise<number | null> {
  const { status, headers } = answer;
  const body = Buffer.from(answer.body);
  if (fault?.resetAfterBytes === 0) {
    outgoing.socket?.resetAndDestroy();
    return null;
  }
  outgoing.writeHead(status, { ...headers, 'content-length': body.length });
  const cutAt = fault?.resetAfterBytes ?? fault?.closeAfterBytes;
  if (fault?.slowBodyMs) await writeSlowly(outgoing, body.subarray(0, cutAt), fault.slowBodyMs);
  else if (cutAt !== undefined) await flush(outgoing, body.subarray(0, cutAt));
  else outgoing.end(body);
  if (fault?.resetAfterBytes !== undefined) outgoing.socket?.resetAndDestroy();
  else if (fault?.closeAfterBytes !== undefined) outgoing.socket?.end();
  else if (fault?.slowBodyMs) outgoing.end();
  return status;
}

async function writeSlowly(outgoing: ServerResponse, body: Buffer, totalMs: number): Promise<void> {
  outgoing.flushHeaders();
  const size = Math.max(1, Math.ceil(body.length / slowSteps));
  for (let start = 0; start < body.length && !outgoing.destroyed; start += size) {
    await wait(totalMs / slowSteps, undefined, { ref: false });
    await flush(outgoing, body.subarray(start, start + size));
  }
}

/** Resolves once the bytes have left for the client, so that what follows cannot overtake them. */
function flush(outgoing: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (outgoing.destroyed) resolve();
    else outgoing.write(bytes, () => resolve());
  });
}
