import {
  DeliveryFailure,
  type SecretMetadata,
  type SecretStore,
  type SecretVersionMetadata,
} from '../issuance/delivery-ports.ts';
import type { Deadline } from '../issuance/ports.ts';
import { crc32c } from './crc32c.ts';
import type { protos, SecretManagerServiceClient } from './secret-manager.ts';

type Secret = protos.google.cloud.secretmanager.v1.ISecret;
type SecretVersion = protos.google.cloud.secretmanager.v1.ISecretVersion;

/** google.rpc.Code: INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION. */
const permanentCodes = new Set([3, 5, 7, 9]);
/** What Secret Manager answers where the etag is not the secret's any more: FAILED_PRECONDITION or ABORTED. */
const conflictCodes = new Set([9, 10]);
/** SecretVersion.State, as a number and as a name. */
const destroyed = new Set<unknown>([3, 'DESTROYED']);

/** Secrets through Google's own client, over REST: it costs 140 ms to load, and is with the first batch. */
export function createSecretStore(origin: string): SecretStore {
  let loading: Promise<SecretManagerServiceClient> | undefined;
  const client = () => {
    loading ??= import('./secret-manager.ts').then(
      (loaded) => new loaded.SecretManagerServiceClient(clientOptions(origin)),
    );
    return loading;
  };
  return {
    async metadataOf(secret, deadline) {
      const [found] = await (await client()).getSecret({ name: secret }, within(deadline)).catch(fail);
      return toMetadata(found);
    },
    async annotate(secret, annotations, etag, deadline) {
      const change = {
        secret: { name: secret, annotations: { ...annotations }, etag },
        updateMask: { paths: ['annotations'] },
      };
      try {
        const [updated] = await (await client()).updateSecret(change, within(deadline));
        return toMetadata(updated);
      } catch (error) {
        if (conflictCodes.has(codeOf(error))) return undefined;
        return fail(error);
      }
    },
    async addVersion(secret, data, deadline) {
      const payload = { data, dataCrc32c: crc32c(data) };
      const added = (await client()).addSecretVersion({ parent: secret, payload }, within(deadline));
      const [version] = await added.catch(fail);
      return toVersionMetadata(version);
    },
    async versionsOf(secret, deadline) {
      const request = { parent: secret };
      const [versions] = await (await client()).listSecretVersions(request, within(deadline)).catch(fail);
      return versions.map(toVersionMetadata);
    },
    async destroyVersion(secret, version, deadline) {
      const name = `${secret}/versions/${version}`;
      await (await client()).destroySecretVersion({ name }, within(deadline)).catch(fail);
    },
  };
}

function clientOptions(origin: string) {
  const { protocol, hostname, port } = new URL(origin);
  if (protocol === 'https:') return { fallback: true };
  return { fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port) };
}

/** One try: a batch that fails is delivered again by Pub/Sub, and a write that is tried twice may be done twice. */
function within(deadline: Deadline) {
  return { timeout: Math.max(1, deadline - performance.now()), retry: null };
}

function codeOf(error: unknown): number {
  return Number((error as { code?: unknown }).code);
}

/** The client's errors hold requests and answers, so each is rebuilt from its code alone. */
function fail(error: unknown): never {
  const code = codeOf(error);
  throw new DeliveryFailure(
    `Secret Manager answers with code ${Number.isInteger(code) ? code : 'unknown'}`,
    permanentCodes.has(code),
  );
}

function toMetadata({ labels, annotations, etag }: Secret): SecretMetadata {
  return { labels: { ...labels }, annotations: { ...annotations }, etag: etag ?? '' };
}

function toVersionMetadata({ name, createTime, state }: SecretVersion): SecretVersionMetadata {
  const seconds = createTime?.seconds;
  return {
    number: Number(name?.split('/').at(-1)),
    createdAt: seconds == null ? undefined : new Date(Number(seconds) * 1000),
    isDestroyed: destroyed.has(state),
  };
}
