import {
  DeliveryFailure,
  type SecretMetadata,
  type SecretStore,
  type SecretVersionMetadata,
} from '../issuance/delivery-ports.ts';
import { crc32c } from './crc32c.ts';
import type { Credentials } from './credentials.ts';
import { ApiRefusal, unexpected } from './google-api.ts';
import type { protos, SecretManagerServiceClient } from './secret-manager.ts';
import { createSecretManager } from './secret-manager-client.ts';

type Secret = protos.google.cloud.secretmanager.v1.ISecret;
type ListRequest = protos.google.cloud.secretmanager.v1.IListSecretVersionsRequest;
type SecretVersion = protos.google.cloud.secretmanager.v1.ISecretVersion;

const name = 'Secret Manager';
/** Some hundred bytes each: within what an answer may have. */
const pageSize = 1000;
/** One try: a batch that fails is delivered again by Pub/Sub, and a write that is tried twice may be done twice. */
const once = { retry: null };
const onePage = { ...once, autoPaginate: false };
/** SecretVersion.State, as a number and as a name. */
const destroyed = new Set<unknown>([3, 'DESTROYED']);

/** Secrets in Secret Manager (https://cloud.google.com/secret-manager/docs/reference/rest). */
export function createSecretStore(origin: string, credentials: Credentials): SecretStore {
  const ask = createSecretManager(name, origin, credentials);
  return {
    async metadataOf(secret, deadline) {
      const [found] = await ask((client) => client.getSecret({ name: secret }, once), deadline).catch(fail);
      return toMetadata(secret, found);
    },
    async annotate(secret, annotations, etag, deadline) {
      const change = {
        secret: { name: secret, annotations: { ...annotations }, etag },
        updateMask: { paths: ['annotations'] },
      };
      try {
        const [updated] = await ask((client) => client.updateSecret(change, once), deadline);
        return toMetadata(secret, updated);
      } catch (error) {
        return isConflict(error) ? undefined : fail(error);
      }
    },
    async addVersion(secret, data, deadline) {
      const addition = { parent: secret, payload: { data, dataCrc32c: crc32c(data) } };
      const [added] = await ask((client) => client.addSecretVersion(addition, once), deadline).catch(fail);
      return toVersionMetadata(added);
    },
    async versionsOf(secret, deadline) {
      const found: SecretVersionMetadata[] = [];
      let request: ListRequest | null = { parent: secret, pageSize };
      while (request !== null) {
        const asked: ListRequest = request;
        const list = (client: SecretManagerServiceClient) => client.listSecretVersions(asked, onePage);
        const [versions, next] = await ask(list, deadline).catch(fail);
        const page = versions.map(toVersionMetadata);
        found.push(...page);
        // Newest first, and the oldest are destroyed first: what follows a page without a live one is dead, too.
        request = page.some(({ isDestroyed }) => !isDestroyed) ? next : null;
      }
      return found;
    },
    async destroyVersion(secret, version, deadline) {
      const request = { name: `${secret}/versions/${version}` };
      await ask((client) => client.destroySecretVersion(request, once), deadline).catch(fail);
    },
  };
}

/** The etag is not the secret's any more: ABORTED or FAILED_PRECONDITION (google.rpc.Code). */
function isConflict(error: unknown): boolean {
  if (!(error instanceof ApiRefusal)) return false;
  return error.status === 409 || error.rpcStatus === 'FAILED_PRECONDITION';
}

/** The client's own errors are of answers that it could not read, which they quote. */
function fail(error: unknown): never {
  throw error instanceof DeliveryFailure ? error : unexpected(name);
}

/** The name may bear the project's number in place of its ID. */
function toMetadata(secret: string, found: Secret): SecretMetadata {
  const { name: path, labels, annotations, etag } = found;
  if (!etag || path?.split('/').at(-1) !== secret.split('/').at(-1)) throw unexpected(name);
  return { labels: { ...labels }, annotations: { ...annotations }, etag };
}

function toVersionMetadata(version: SecretVersion): SecretVersionMetadata {
  const { name: path, createTime, state } = version;
  const [, number] = /\/versions\/(\d{1,10})$/.exec(path ?? '') ?? [];
  if (number === undefined) throw unexpected(name);
  const seconds = createTime?.seconds;
  return {
    number: Number(number),
    createdAt: seconds == null ? undefined : new Date(Number(seconds) * 1000),
    isDestroyed: destroyed.has(state),
  };
}
