import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Delivery } from './backlog.ts';
import { messageToJson } from './message.ts';

/** What is sent to a push endpoint. */
export interface PushRequest {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Push {
  readonly delivery: Delivery;
  readonly subscription: string;
  readonly topic: string;
  /** `raw`, `binary` or `structured`. */
  readonly format: string;
  /** Whether the subscription has a dead-letter policy: only then Google tells the attempt. */
  readonly tellsAttempt: boolean;
}

/** "102, 200, 201, 202 or 204" acknowledge a push (docs, "receive push messages"). */
const acknowledging = [102, 200, 201, 202, 204];

/** The headers and the body of a push, in the subscription's own form or as the CloudEvent that Eventarc makes of it. */
export function buildPush(push: Push): Pick<PushRequest, 'headers' | 'body'> {
  const { delivery, subscription, topic, format, tellsAttempt } = push;
  const message = messageToJson(delivery.message);
  const { messageId, publishTime } = message;
  const twice = { message_id: messageId, publish_time: publishTime };
  const data = {
    message: { ...message, ...twice },
    subscription,
    ...(tellsAttempt && { deliveryAttempt: delivery.attempt }),
  };
  const event = {
    id: delivery.message.messageId,
    source: `//pubsub.googleapis.com/${topic}`,
    specversion: '1.0',
    time: new Date(delivery.message.publishTimeMs).toISOString(),
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
  };
  if (format === 'structured') {
    const body = JSON.stringify({ ...event, datacontenttype: 'application/json', data });
    return { headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' }, body };
  }
  const attributes = Object.entries(event).map(([name, value]) => [`ce-${name}`, value]);
  const headers = format === 'binary' ? Object.fromEntries(attributes) : {};
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(data) };
}

/** How a push ended: the status, null where none came in time, and whether it acknowledges the message. */
export interface PushOutcome {
  readonly status: number | null;
  readonly acknowledged: boolean;
}

/** Sends pushes over connections that it keeps. `close` cuts them, and whatever is under way. */
export class PushSender {
  readonly #agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  /** Resolves in every case; an answer after the timeout does not count. */
  send({ endpoint, headers, body }: PushRequest, timeoutMs: number): Promise<PushOutcome> {
    const isHttps = endpoint.startsWith('https:');
    const send = isHttps ? httpsRequest : httpRequest;
    const agent = isHttps ? this.#agents.https : this.#agents.http;
    return new Promise((resolve) => {
      const end = (status: number | null) => {
        clearTimeout(timer);
        resolve({ status, acknowledged: status !== null && acknowledging.includes(status) });
      };
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      const outgoing = send(endpoint, { method: 'POST', headers: { ...headers, ...length }, agent });
      const timer = setTimeout(() => outgoing.destroy(), timeoutMs);
      timer.unref();
      outgoing.on('information', ({ statusCode }) => statusCode === 102 && end(statusCode));
      outgoing.on('response', (incoming) => {
        incoming.resume();
        incoming.on('end', () => end(incoming.statusCode ?? null));
        incoming.on('error', () => end(null));
      });
      outgoing.on('error', () => end(null));
      outgoing.on('close', () => end(null));
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}
