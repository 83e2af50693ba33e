import type { IncomingMessage } from 'node:http';
import { Problem } from '../contract/problem.ts';
import { authenticate } from '../http/authenticate.ts';
import { headerValues } from '../http/headers.ts';
import type { Caller, CallerVerifier, PolicySource, RequestScope } from '../issuance/ports.ts';
import { emailOf } from '../policy/decide.ts';

/**
 * The topic that the push comes from: the one whose push account the ID token in `Authorization` is of. Nothing else
 * of the request is believed, and what contradicts it is refused.
 * @throws Problem `unauthenticated`
 */
export async function authenticatePush(
  request: IncomingMessage,
  { verifier, policySource }: { verifier: CallerVerifier; policySource: PolicySource },
  scope: RequestScope,
): Promise<Caller> {
  const { member } = await authenticate(request, verifier, scope.deadline);
  const { policy } = await policySource.current();
  const topic = policy.topicByPushAccount.get(emailOf(member));
  if (topic === undefined) {
    const detail =
      'The ID token is of no push account: the policy’s pushAccounts names the account of each topic.';
    throw new Problem('unauthenticated', detail);
  }
  for (const source of headerValues(request, 'ce-source')) refuseOtherSource(source, topic);
  const [named] = /projects\/[^/?#]+\/topics\/[^/?#]+/.exec(decoded(request.url ?? '')) ?? [];
  if (named !== undefined && named !== topic) throw contradiction('The URL', topic);
  return { member: `topic:${topic}`, sub: topic };
}

/** A CloudEvent's source must be the topic that the push account stands for. @throws Problem `unauthenticated` */
export function refuseOtherSource(source: string, topic: string): void {
  if (source !== `//pubsub.googleapis.com/${topic}`) throw contradiction('The CloudEvent’s source', topic);
}

function contradiction(what: string, topic: string): Problem {
  return new Problem(
    'unauthenticated',
    `${what} names another topic than ${topic}, whose push account sends this.`,
  );
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
