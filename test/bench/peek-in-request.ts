import { takeTurns } from './rounds.ts';
import { compare, type Row } from './row.ts';
import { startFunction } from './stage.ts';

interface Times {
  awaitedLimit: number;
  getToken: number;
  peek: number;
  limit: number;
}

/** Cached tokens read inside of a request to functions-framework, whose `domain` makes each await dear. */
export async function rows(): Promise<Row[]> {
  const env = {
    COUNTERSIGN_POLICY: 'tools/policies/local.json',
    COUNTERSIGN_URL: 'https://countersign.example.com',
  };
  const measured = await startFunction(
    { source: 'test/bench/functions/index.ts', target: 'cachedInRequest' },
    env,
  );
  let last: Times;
  const each = await takeTurns({
    awaitedLimit: async () => {
      const answer = await fetch(`http://127.0.0.1:${measured.port}`);
      last = (await answer.json()) as Times;
      return last.awaitedLimit;
    },
    peek: () => last.peek,
    limit: () => last.limit,
    getToken: () => last.getToken,
  });
  await measured.stop();
  const where = 'inside a functions-framework request';
  return [
    compare(`peek ${where}: times faster`, 'the limit, awaited there', each.awaitedLimit, each.peek, {
      unit: 'ns',
      goal: ['at least', 15],
    }),
    compare(`getToken, cached, ${where}`, 'the limit, awaited there', each.getToken, each.awaitedLimit, {
      unit: 'ns',
      goal: ['at most', 1.5],
    }),
  ];
}
