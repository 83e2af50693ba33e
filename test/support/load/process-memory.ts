/** What a process says of its memory, in MiB, right after a collection of its garbage. */
export interface MemoryReading {
  readonly heapMiB: number;
  readonly rssMiB: number;
}

/** Makes Node print where its inspector listens: `inspectorOf` finds it there. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** The inspector's URL, out of what a process wrote. */
export function inspectorOf(output: string): string {
  const [url] = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(output) ?? [];
  if (url === undefined) throw new Error(`no inspector in:\n${output}`);
  return url;
}

/** Reads a process's memory over its inspector (Chrome DevTools Protocol), so that nothing of it is in the product. */
export async function readMemory(inspector: string): Promise<MemoryReading> {
  const socket = new WebSocket(inspector);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${inspector}`)));
  });
  let id = 0;
  const call = (method: string, params = {}) => {
    id += 1;
    const own = id;
    // biome-ignore lint/suspicious/noExplicitAny: what each method answers.
    return new Promise<any>((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data));
        if (message.id === own) message.error ? reject(new Error(method)) : resolve(message.result);
      });
      socket.send(JSON.stringify({ id: own, method, params }));
    });
  };
  // Twice: what has a finalizer goes with the second.
  for (let round = 0; round < 2; round += 1) await call('HeapProfiler.collectGarbage');
  const expression = 'process.memoryUsage()';
  const { result } = await call('Runtime.evaluate', { expression, returnByValue: true });
  socket.close();
  const { heapUsed, rss } = result.value as NodeJS.MemoryUsage;
  return { heapMiB: heapUsed / 2 ** 20, rssMiB: rss / 2 ** 20 };
}
