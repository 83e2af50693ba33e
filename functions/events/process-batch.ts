import type { BatchEntry, BatchResult } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import { DeliveryFailure, type Publisher, type SecretStore } from '../issuance/delivery-ports.ts';
import { type Issuance, prepareToken } from '../issuance/issue-token.ts';
import type { Caller, Deadline, RequestScope } from '../issuance/ports.ts';
import { type Delivery, refuseDelivery } from '../policy/delivery.ts';
import { maxRequestBytes } from '../tokens/parse-json.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import type { Limiter } from './limiter.ts';
import { type BusyNote, noteName } from './notes.ts';
import type { Outcome } from './outcome.ts';
import type { Destination, ParsedMessage } from './parse-message.ts';
import { encodeResult, estimateEntryBytes } from './result.ts';
import { openSecret } from './secret-target.ts';
import { type DecidedItem, signItems } from './sign-items.ts';
import { openTopic, type TopicNotes } from './topic-target.ts';
import { unlessStopped } from './unless-stopped.ts';

/** What a batch is worked on with. */
export interface BatchServices {
  issuance: Issuance;
  secrets: SecretStore;
  publisher: Publisher;
  topicNotes: TopicNotes;
  limiter: Limiter;
  /** Aborted once the process has to end. */
  stopping: AbortSignal;
}

/** Of the time that an event has, what signing may take; the rest is for delivering. */
const signingShare = 0.8;
/** What taking a claim back may take, be it after the event's deadline, in milliseconds. */
const releaseMilliseconds = 2_000;
/** How much longer than the event a claim counts, in seconds. */
const claimMarginSeconds = 5;
/** How much longer than its batch a finished note counts: clocks differ, and a late repeat has no effect anyway. */
const noteMarginSeconds = 3600;

/**
 * Works on one batch: open the delivery -> look whether it is done -> decide every item -> see that the result fits
 * -> sign -> deliver and note it as finished.
 * @throws Problem for what passes; the message is then to be delivered again
 */
export async function processBatch(
  services: BatchServices,
  caller: Caller,
  message: ParsedMessage,
  scope: RequestScope,
): Promise<Outcome> {
  const { destination } = message;
  if (destination === undefined) {
    const problem = message.problem ?? new Problem('invalid_request', 'The batch has no deliverTo.');
    return { kind: 'undeliverable', problem };
  }
  try {
    await refuse(services, caller, unopened(destination));
    const target = await open(services, message, destination, scope.deadline);
    await refuse(services, caller, target.delivery);
    return await fulfil(services, caller, message, target, scope);
  } catch (error) {
    if (error instanceof Refused) return { kind: 'undeliverable', problem: error.problem };
    if (!(error instanceof DeliveryFailure)) throw error;
    const detail = `${message.resource}: ${error.reason}.`;
    if (!error.isPermanent) throw new Problem('delivery_unavailable', detail, { retryAfterSeconds: 5 });
    return { kind: 'undeliverable', problem: new Problem('delivery_rejected', detail) };
  }
}

/** The delivery is not one that the policy allows the caller: nothing may be written there, not even a problem. */
class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super('refused');
    this.problem = problem;
  }
}

function unopened(destination: Destination): Delivery {
  if ('secret' in destination) return destination;
  return { topic: destination.topic, jwkThumbprint: destination.key.thumbprint };
}

async function refuse({ issuance }: BatchServices, { member }: Caller, delivery: Delivery): Promise<void> {
  const { policy } = await issuance.policySource.current();
  const errors = refuseDelivery(policy, member, delivery);
  if (errors === undefined) return;
  // The record of it holds the detail alone, and nobody gets the errors.
  const why = errors[0]?.hint ?? 'No binding names it: a topic is known by the pushAccounts of its binding.';
  const detail = `No binding allows ${member} this delivery. ${why}`;
  throw new Refused(new Problem('policy_denied', detail, { errors }));
}

function open(
  { issuance, secrets, publisher, topicNotes }: BatchServices,
  { items }: ParsedMessage,
  destination: Destination,
  deadline: Deadline,
): Promise<DeliveryTarget> | DeliveryTarget {
  const { now } = issuance;
  if ('secret' in destination) return openSecret(secrets, destination.secret, now, deadline);
  const { topic, key } = destination;
  return openTopic({ publisher, notes: topicNotes, now }, topic, key, items);
}

async function fulfil(
  services: BatchServices,
  caller: Caller,
  message: ParsedMessage,
  target: DeliveryTarget,
  scope: RequestScope,
): Promise<Outcome> {
  const { now } = services.issuance;
  const { requestId, digest, notAfter } = message;
  let name = noteName(caller.member, requestId);
  let problem = message.problem;
  const found = target.noteOf(name);
  if (found !== undefined && found.digest !== digest) {
    // Another batch of this name came first and stays the effective one; this one's refusal is noted by itself.
    name = noteName(caller.member, requestId, digest);
    problem = new Problem('invalid_request', 'Another batch had this requestId before. Give each a new one.');
  }
  const noted = target.noteOf(name);
  if (noted?.state === 'done') return { kind: 'repeated', version: noted.version || undefined };
  if (noted?.state === 'busy') throw busy();
  problem ??= findLate(message, now());
  const secondsLeft = Math.ceil(Math.max(0, scope.deadline - performance.now()) / 1000);
  const until = now() + secondsLeft + claimMarginSeconds;
  const claim: BusyNote = { state: 'busy', owner: scope.requestId.slice(0, 8), digest, until };
  const decided = problem ?? (await decideItems(services, caller, message, target, scope));
  let isClaimed: boolean | undefined;
  try {
    isClaimed = await target.claim(name, claim, scope.deadline);
    if (!isClaimed) throw busy();
    const signed = decided instanceof Problem ? decided : await sign(services, decided, scope);
    // Signing may have taken until after the batch's end: what comes later is a problem, not a token.
    const final = signed instanceof Problem ? signed : (findLate(message, now()) ?? signed);
    const result =
      final instanceof Problem ? refusal(message, final, target, scope) : { requestId, results: final };
    const done = { state: 'done', digest, until: Math.max(notAfter, now()) + noteMarginSeconds } as const;
    const delivered = await target.deliver(name, done, result, scope.deadline);
    return { kind: 'delivered', delivered, results: result.results ?? [] };
  } catch (error) {
    // Where the claiming failed, its note may be there nevertheless: only its answer was lost.
    if (isClaimed !== false) await target.release(name, claim, performance.now() + releaseMilliseconds);
    throw error;
  }
}

/** A claim request has the same bounds here as over HTTP. */
function tooLarge(size: number): Problem {
  return new Problem(
    'body_too_large',
    `The item has ${size} bytes, and may have ${maxRequestBytes}. Send less.`,
  );
}

function findLate({ notAfter }: ParsedMessage, now: number): Problem | undefined {
  if (now <= notAfter) return undefined;
  return new Problem('deadline_exceeded', `It is past the batch's notAfter, ${notAfter}.`);
}

function busy(): Problem {
  const detail = 'Another delivery of the same batch is being worked on.';
  return new Problem('delivery_unavailable', detail, { retryAfterSeconds: 10 });
}

function sign(
  { limiter, stopping }: BatchServices,
  decided: DecidedItem[],
  scope: RequestScope,
): Promise<BatchEntry[]> {
  const now = performance.now();
  const signing = { ...scope, deadline: now + (scope.deadline - now) * signingShare };
  return unlessStopped(signItems(decided, limiter, signing, stopping), stopping);
}

/** Every item decided, or why the whole batch is refused. */
async function decideItems(
  { issuance }: BatchServices,
  caller: Caller,
  { items }: ParsedMessage,
  target: DeliveryTarget,
  scope: RequestScope,
): Promise<DecidedItem[] | Problem> {
  const decided: DecidedItem[] = [];
  let bytes = 256;
  for (const { id, json, size } of items) {
    try {
      if (size > maxRequestBytes) throw tooLarge(size);
      const prepared = await prepareToken(issuance, caller, json, scope, target.delivery);
      decided.push({ id, prepared });
      bytes += estimateEntryBytes(id, prepared.claims);
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'policy_unavailable') throw error;
      decided.push({ id, problem: error });
      const { errors, ...shortest } = error.toDocument(scope.requestId);
      bytes += JSON.stringify({ id, problem: { ...shortest, detail: '' } }).length + 16;
    }
  }
  if (target.maxBytes === undefined || bytes <= target.maxBytes) return decided;
  const detail = `The result would take ${bytes} bytes, and a secret holds ${target.maxBytes}. Part the batch.`;
  return new Problem('invalid_request', detail);
}

/** One problem for each item, or for the batch where these would not fit or the items could not be read. */
function refusal(
  { requestId, items }: ParsedMessage,
  problem: Problem,
  { maxBytes = Number.POSITIVE_INFINITY }: DeliveryTarget,
  scope: RequestScope,
): BatchResult {
  const document = problem.toDocument(scope.requestId);
  const whole = { requestId, results: items.map(({ id }) => ({ id, problem: document })) };
  const fits = items.length > 0 && encodeResult(whole, maxBytes) !== undefined;
  return fits ? whole : { requestId, problem: document };
}
