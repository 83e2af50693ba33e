import { expect, test } from 'vitest';
import { PortTaken, startOnFreePorts } from '../../../tools/local-cloud/ports.ts';

/** Finds the ports 1, 2, 3 and so on, and notes how many it was asked for. */
function countingFind() {
  let found = 0;
  return Object.assign(async () => ++found, { count: () => found });
}

test.each([
  ['seen before the start', new PortTaken('PORT', 1)],
  ['met by a process', new Error('emulator: port 1 is taken; stop what listens there')],
  ['met by Node', new Error('listen EADDRINUSE: address already in use :::1')],
])('a port that another took in between is left for others: %s', async (_how, collision) => {
  const find = countingFind();
  const started = await startOnFreePorts(find, async (port) => {
    if (port < 3) throw collision;
    return `on ${port}`;
  });
  expect([started, find.count()]).toEqual(['on 3', 3]);
});

test('what fails for another reason is not tried again', async () => {
  const find = countingFind();
  const failing = startOnFreePorts(find, () => Promise.reject(new Error('a broken policy')));
  await expect(failing).rejects.toThrow('a broken policy');
  expect(find.count()).toBe(1);
});

test('it gives up where every port is taken', async () => {
  const failing = startOnFreePorts(countingFind(), (port) => Promise.reject(new PortTaken('PORT', port)));
  await expect(failing).rejects.toThrow(PortTaken);
});
