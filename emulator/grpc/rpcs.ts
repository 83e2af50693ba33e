import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** A message in its JSON form: bytes as base64. */
type JsonMessage = Readonly<Record<string, unknown>>;

/** A gRPC method and the REST call that it is the same as (google.api.http in pubsub.proto). */
export interface Rpc {
  readonly method: string;
  readonly path: (message: JsonMessage) => string;
  readonly hasBody: boolean;
  readonly request: protobuf.Type;
  readonly response: protobuf.Type;
}

const { root } = protobuf.parse(readFileSync(new URL('pubsub.proto', import.meta.url), 'utf8'));
const type = (name: string) => root.lookupType(`google.pubsub.v1.${name}`);

/** What `@google-cloud/pubsub` needs to publish, by the path of HTTP/2. */
const rpcs: Readonly<Record<string, Rpc>> = {
  '/google.pubsub.v1.Publisher/Publish': {
    method: 'POST',
    path: ({ topic }) => `/v1/${topic}:publish`,
    hasBody: true,
    request: type('PublishRequest'),
    response: type('PublishResponse'),
  },
  '/google.pubsub.v1.Publisher/CreateTopic': {
    method: 'PUT',
    path: ({ name }) => `/v1/${name}`,
    hasBody: true,
    request: type('Topic'),
    response: type('Topic'),
  },
  '/google.pubsub.v1.Publisher/GetTopic': {
    method: 'GET',
    path: ({ topic }) => `/v1/${topic}`,
    hasBody: false,
    request: type('GetTopicRequest'),
    response: type('Topic'),
  },
  '/google.pubsub.v1.Publisher/DeleteTopic': {
    method: 'DELETE',
    path: ({ topic }) => `/v1/${topic}`,
    hasBody: false,
    request: type('DeleteTopicRequest'),
    response: type('Empty'),
  },
};

export function findRpc(path: string): Rpc | undefined {
  return Object.hasOwn(rpcs, path) ? rpcs[path] : undefined;
}

/** The REST call of a message. Throws where the bytes are no message of the type. */
export function toRestCall(rpc: Rpc, bytes: Uint8Array): { method: string; path: string; body: Buffer } {
  const message = rpc.request.toObject(rpc.request.decode(bytes), { bytes: String });
  const { topic: _, ...body } = message;
  const path = rpc.path(message);
  return { method: rpc.method, path, body: rpc.hasBody ? Buffer.from(JSON.stringify(body)) : Buffer.of() };
}

/** The message of a REST answer. */
export function fromRestAnswer({ response }: Rpc, body: string): Uint8Array {
  return response.encode(response.fromObject(JSON.parse(body))).finish();
}
