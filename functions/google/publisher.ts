import { DeliveryFailure, type Publisher } from '../issuance/delivery-ports.ts';
import type { Deadline } from '../issuance/ports.ts';
import type { Credentials } from './credentials.ts';
import { HttpFailure, requestHttp } from './http-client.ts';

const maxBytes = 64 * 1024;
/** Statuses that stay: a faulty request, no right, no such topic. */
const permanentStatus = new Set([400, 403, 404]);

/** Publishes by Pub/Sub's REST API (https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish). */
export function createPublisher(origin: string, credentials: Credentials): Publisher {
  const publishOne = async (topic: string, data: Buffer, deadline: Deadline) => {
    const token = await credentials.accessToken(deadline).catch(() => {
      throw new DeliveryFailure('no access token', false);
    });
    const { status } = await requestHttp({
      method: 'POST',
      url: `${origin}/v1/${topic}:publish`,
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ messages: [{ data: data.toString('base64') }] }),
      deadline,
      maxBytes,
    }).catch((error: unknown) => {
      if (error instanceof HttpFailure) throw new DeliveryFailure(error.reason, false);
      throw error;
    });
    if (status === 401) credentials.discard();
    if (status !== 200) throw new DeliveryFailure(`Pub/Sub answers ${status}`, permanentStatus.has(status));
  };
  return {
    async publish(topic, messages, deadline) {
      for (const message of messages) await publishOne(topic, message, deadline);
    },
  };
}
