import type { Publisher } from '../issuance/delivery-ports.ts';
import type { Credentials } from './credentials.ts';
import { createGoogleApi, unexpected } from './google-api.ts';

const name = 'Pub/Sub';

/** Publishes by Pub/Sub's REST API (https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish). */
export function createPublisher(origin: string, credentials: Credentials): Publisher {
  const api = createGoogleApi(name, origin, credentials);
  return {
    async publish(topic, messages, deadline) {
      for (const data of messages) {
        const body = { messages: [{ data: data.toString('base64') }] };
        const { messageIds } = await api.expect({ method: 'POST', path: `${topic}:publish`, body }, deadline);
        // Only what has an ID is published.
        if (typeof messageIds?.[0] !== 'string') throw unexpected(name);
      }
    },
  };
}
