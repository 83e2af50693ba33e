import { RawConnection } from './raw-connection.ts';

export const connections = 64;

/** The same request over and over, on 64 connections: resolves with how many a second were answered. */
export interface Load {
  perSecond: (milliseconds: number) => Promise<number>;
  close: () => void;
}

export async function openLoad(port: number, request: string): Promise<Load> {
  const open = await Promise.all(Array.from({ length: connections }, () => RawConnection.open(port)));
  const callUntil = async (connection: RawConnection, end: number) => {
    let count = 0;
    for (; performance.now() < end; count += 1) await connection.call(request);
    return count;
  };
  return {
    async perSecond(milliseconds) {
      const began = performance.now();
      const counts = await Promise.all(open.map((each) => callUntil(each, began + milliseconds)));
      return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - began);
    },
    close() {
      for (const connection of open) connection.close();
    },
  };
}
