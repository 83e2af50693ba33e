import { setImmediate } from 'node:timers/promises';
import { problems } from '../contract/generated/problems.ts';
import type { BatchEntry } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import type { PreparedToken } from '../issuance/issue-token.ts';
import type { RequestScope } from '../issuance/ports.ts';
import type { Limiter } from './limiter.ts';

/** How long one call to IAM may hang before it is made anew, in milliseconds. */
const maxTryMilliseconds = 10_000;
const firstPauseMilliseconds = 200;
const maxPauseMilliseconds = 5_000;
/** Items begun in one turn of the event loop: the first are on their way to IAM while the next are made ready. */
const itemsOfTurn = 8;

/** An item that the policy allows, and one that is a problem already. */
export type DecidedItem = { id: string; prepared: PreparedToken } | { id: string; problem: Problem };

/**
 * Signs what is allowed, as many at once as the limiter lets, each again with back-off until the scope's deadline
 * while IAM is short of quota or fails for a moment. One item never fails its neighbours.
 * @throws Problem where an item met a fault that passes: the batch is then to be tried again as a whole
 */
export async function signItems(
  items: readonly DecidedItem[],
  limiter: Limiter,
  scope: RequestScope,
  stopping?: AbortSignal,
): Promise<BatchEntry[]> {
  let turn: Promise<unknown> = Promise.resolve();
  const signed = await Promise.all(
    items.map(async (item, index): Promise<BatchEntry | Problem> => {
      if (index % itemsOfTurn === itemsOfTurn - 1) turn = turn.then(() => setImmediate());
      await turn;
      if ('problem' in item) return { id: item.id, problem: item.problem.toDocument(scope.requestId) };
      return limiter.run(async () =>
        stopping?.aborted ? stopped() : signItem(item.id, item.prepared, scope),
      );
    }),
  );
  const transient = signed.find((each) => each instanceof Problem);
  if (transient !== undefined) throw transient;
  return signed as BatchEntry[];
}

/** None is begun any more: who waits for the batch is answered already. */
function stopped(): Problem {
  return new Problem('delivery_unavailable', 'The instance is being stopped.');
}

async function signItem(
  id: string,
  prepared: PreparedToken,
  scope: RequestScope,
): Promise<BatchEntry | Problem> {
  let failure: Problem | undefined;
  for (let tries = 0; ; tries += 1) {
    const deadline = Math.min(scope.deadline, performance.now() + maxTryMilliseconds);
    try {
      const { token, kid, claims } = await prepared.issue({ fresh: false }, { ...scope, deadline });
      return { id, token, kid, exp: claims.exp };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!problems[error.code].retryable) return { id, problem: error.toDocument(scope.requestId) };
      const pause =
        Math.min(maxPauseMilliseconds, firstPauseMilliseconds * 2 ** tries) * (0.5 + Math.random());
      // Why IAM did not sign says more than that a last try had no time left.
      failure = error.code === 'deadline_exceeded' ? (failure ?? error) : error;
      if (performance.now() + pause >= scope.deadline) return failure;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
