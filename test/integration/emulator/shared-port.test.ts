import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator.stop());

/** What comes back on a raw connection for these pieces, from another process: nock answers for the sockets of this one. */
async function exchange(...pieces: string[]): Promise<string> {
  const script = `
    const socket = require('node:net').connect(${emulator.ports.countersign}, '127.0.0.1');
    const pieces = ${JSON.stringify(pieces)};
    const sendNext = () => pieces.length && socket.write(pieces.shift(), () => setTimeout(sendNext, 20));
    socket.setNoDelay(true).on('connect', sendNext).on('data', (chunk) => process.stdout.write(chunk));
    socket.on('error', () => {}).on('close', () => process.exit());
    setTimeout(() => socket.destroy(), 1000).unref();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { encoding: 'latin1' });
  return stdout;
}

describe('a port', () => {
  it.each([
    ['in one piece', ['GET /oauth2/v3/certs HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n']],
    [
      'byte by byte at first',
      ['G', 'E', 'T /oauth2/v3/certs HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ],
    [
      'with a method that begins like HTTP/2',
      ['P', 'UT /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ],
  ])('speaks HTTP/1.1 with a request %s', async (_, pieces) => {
    expect(await exchange(...pieces)).toMatch(/^HTTP\/1\.1 (?:200|404) /);
  });

  it('refuses what is no HTTP in the envelope', async () => {
    const answer = await exchange('\x16\x03\x01 garbage\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    expect(answer).toContain('INVALID_ARGUMENT');
  });

  it('speaks HTTP/2 with its preface, also in pieces', async () => {
    const settings = '\x00\x00\x00\x04\x00\x00\x00\x00\x00';
    for (const pieces of [
      [`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}`],
      ['PR', 'I * HTTP/2.0\r\n\r\nSM\r\n\r\n', settings],
    ]) {
      const answer = await exchange(...pieces);
      // The type of its first frame: SETTINGS (RFC 9113, section 6.5).
      expect(answer.charCodeAt(3)).toBe(4);
    }
  });
});
