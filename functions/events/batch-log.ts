import type { Log } from '../issuance/log.ts';
import type { Caller, RequestScope } from '../issuance/ports.ts';
import type { Outcome } from './outcome.ts';
import type { ParsedMessage } from './parse-message.ts';

/** Puts on record what became of each batch, one structured line each. */
export interface BatchLog {
  record(caller: Caller, message: ParsedMessage, outcome: Outcome, scope: RequestScope): void;
}

/** A log of batches: who asked, where it went, how many were signed; never a token, an item or a key. */
export function createBatchLog(log: Log): BatchLog {
  return {
    record(caller, { requestId, resource, items }, outcome, scope) {
      const line = {
        logType: 'audit',
        kind: 'batch',
        outcome: outcome.kind,
        caller: caller.member,
        batch: requestId,
        deliverTo: resource,
        items: items.length,
        ...describe(outcome),
        requestId: scope.requestId,
        traceparent: scope.traceparent,
      };
      const message = `batch of ${caller.member} ${outcome.kind}`;
      const leftOld = outcome.kind === 'delivered' && outcome.delivered.leftBecause !== undefined;
      if (outcome.kind === 'undeliverable') log.error(line, message);
      else if (leftOld) log.warn(line, message);
      else log.info(line, message);
    },
  };
}

function describe(outcome: Outcome): object {
  if (outcome.kind === 'undeliverable')
    return { code: outcome.problem.code, detail: outcome.problem.message };
  if (outcome.kind === 'repeated') return { version: outcome.version };
  const signed = outcome.results.filter(({ token }) => token !== undefined).length;
  const { version, destroyed, leftBecause } = outcome.delivered;
  return {
    version,
    signed,
    ...(destroyed.length > 0 && { destroyed }),
    ...(leftBecause !== undefined && { oldVersionsLeftBecause: leftBecause }),
  };
}
