import type { SecretStore, SecretVersionMetadata } from '../issuance/delivery-ports.ts';
import { crc32c } from './crc32c.ts';
import type { Credentials } from './credentials.ts';
import { type ApiAnswer, createGoogleApi, unexpected } from './google-api.ts';

const name = 'Secret Manager';
/** Some hundred bytes each: within what an answer may have. */
const pageSize = 1000;

/**
 * Secrets by Secret Manager's REST API (https://cloud.google.com/secret-manager/docs/reference/rest). Google's client
 * takes half a second to load where a batch waits, and asks for access tokens of its own, with no deadline.
 */
export function createSecretStore(origin: string, credentials: Credentials): SecretStore {
  const api = createGoogleApi(name, origin, credentials);
  return {
    async metadataOf(secret, deadline) {
      const {
        labels = {},
        annotations = {},
        etag,
      } = await api.expect({ method: 'GET', path: secret }, deadline);
      if (!areStrings(labels) || !areStrings(annotations) || typeof etag !== 'string') throw unexpected(name);
      return { labels, annotations, etag };
    },
    async annotate(secret, annotations, etag, deadline) {
      const body = { name: secret, annotations, etag };
      const path = `${secret}?updateMask=annotations`;
      const answer = await api.ask({ method: 'PATCH', path, body }, deadline);
      if (isConflict(answer)) return false;
      if (answer.status !== 200) throw api.failure(answer);
      if (typeof answer.json?.name !== 'string') throw unexpected(name);
      return true;
    },
    async addVersion(secret, data, deadline) {
      const payload = { data: data.toString('base64'), dataCrc32c: String(crc32c(data)) };
      const added = await api.expect(
        { method: 'POST', path: `${secret}:addVersion`, body: { payload } },
        deadline,
      );
      return numberOf(added);
    },
    async versionsOf(secret, deadline) {
      const found: SecretVersionMetadata[] = [];
      let pageToken = '';
      do {
        const query = new URLSearchParams({ pageSize: String(pageSize), pageToken });
        const page = await api.expect({ method: 'GET', path: `${secret}/versions?${query}` }, deadline);
        const { versions = [], nextPageToken = '' } = page;
        if (!Array.isArray(versions) || typeof nextPageToken !== 'string') throw unexpected(name);
        found.push(...versions.map(toMetadata));
        pageToken = nextPageToken;
      } while (pageToken !== '');
      return found;
    },
    async destroyVersion(secret, version, deadline) {
      const path = `${secret}/versions/${version}:destroy`;
      await api.expect({ method: 'POST', path, body: {} }, deadline);
    },
  };
}

/** The etag is not the secret's any more: ABORTED or FAILED_PRECONDITION (google.rpc.Code). */
function isConflict({ status, json }: ApiAnswer): boolean {
  return status === 409 || (status === 400 && json?.error?.status === 'FAILED_PRECONDITION');
}

function toMetadata(version: {
  name?: unknown;
  createTime?: unknown;
  state?: unknown;
}): SecretVersionMetadata {
  const { createTime, state } = Object(version);
  const createdAt = new Date(String(createTime));
  if (Number.isNaN(createdAt.getTime())) throw unexpected(name);
  return { number: numberOf(version), createdAt, isDestroyed: state === 'DESTROYED' };
}

/** The number at the end of a version's name. */
function numberOf(version: { name?: unknown }): number {
  const [, number] = /\/versions\/(\d{1,10})$/.exec(String(Object(version).name)) ?? [];
  if (number === undefined) throw unexpected(name);
  return Number(number);
}

function areStrings(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}
