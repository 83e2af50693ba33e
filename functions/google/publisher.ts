import type { Publisher } from '../issuance/delivery-ports.ts';
import type { Credentials } from './credentials.ts';
import { createGoogleApi, unexpected } from './google-api.ts';

const name = 'Pub/Sub';

/** Publishes by Pub/Sub's REST API (https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish). */
export function createPublisher(origin: string, credentials: Credentials): Publisher {
  const ask = createGoogleApi(name, credentials);
  return {
    async publish(topic, messages, deadline) {
      for (const data of messages) {
        const url = `${origin}/v1/${topic}:publish`;
        const body = JSON.stringify({ messages: [{ data: data.toString('base64') }] });
        // Only what has an ID is published.
        if (!hasId(await ask({ method: 'POST', url, body }, deadline))) throw unexpected(name);
      }
    },
  };
}

function hasId(answer: string): boolean {
  try {
    return typeof JSON.parse(answer).messageIds[0] === 'string';
  } catch {
    return false;
  }
}
