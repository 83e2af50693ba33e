import { deployToFolder } from '../support/deployed-folder.ts';
import { RawConnection, rawPost } from './raw-connection.ts';
import { takeTurns } from './rounds.ts';
import { describe, median, type Row } from './row.ts';
import { setStage, startFunction } from './stage.ts';

const iamMilliseconds = 20;
const calls = 25;

/** What the function adds to the one call to IAM that it makes, at concurrency 1: the difference of the p50s. */
export async function rows(): Promise<Row[]> {
  const stage = await setStage(iamMilliseconds);
  const measured = await startFunction({ folder: deployToFolder(), target: 'countersign' }, stage.env);
  const headers = { authorization: `Bearer ${stage.idToken}`, 'cache-control': 'no-cache' };
  const request = rawPost('/v1/tokens', headers, '{"claims":{"aud":"https://reports.example.com"}}');
  const bare = rawPost('/v1/projects/-/serviceAccounts/a@b:signJwt', {}, '{"payload":"{}"}');
  const [toFunction, toIam] = [
    await RawConnection.open(measured.port),
    await RawConnection.open(stage.iamPort),
  ];
  // The first hundreds are for the compiler.
  for (let i = 0; i < 300; i += 30) await Promise.all([p50(toFunction, request, 30), p50(toIam, bare, 30)]);
  const { ours, iam } = await takeTurns({
    ours: () => p50(toFunction, request, calls),
    iam: () => p50(toIam, bare, calls),
  });
  await Promise.all([measured.stop(), stage.stop()]);
  return [
    {
      row: `latency added to a call signed anew, concurrency 1, IAM at ${iamMilliseconds} ms, p50`,
      peer: 'the bare IAM call',
      ratio: median(ours) - median(iam),
      unit: 'ms',
      figures: `${describe('', ours, 'ms')} to ${describe('', iam, 'ms')}`,
      goal: ['at most', 2],
    },
  ];
}

async function p50(connection: RawConnection, request: string, count: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const began = performance.now();
    await connection.call(request);
    times.push(performance.now() - began);
  }
  return median(times);
}
