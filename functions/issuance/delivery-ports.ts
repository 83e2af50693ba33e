import type { Deadline } from './ports.ts';

/** Why a delivery could not be made; the reason is a word of ours or a status code, and nothing of the request. */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure';
  /** Whether the same delivery can never be made: no such resource, no right to it. */
  readonly isPermanent: boolean;
  readonly reason: string;

  constructor(reason: string, isPermanent: boolean) {
    super(`not delivered: ${reason}`);
    this.reason = reason;
    this.isPermanent = isPermanent;
  }
}

/** What a secret says of itself, without any of its payloads. */
export interface SecretMetadata {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  etag: string;
}

export interface SecretVersionMetadata {
  number: number;
  /** By Secret Manager's clock; undefined where it does not say. */
  createdAt: Date | undefined;
  isDestroyed: boolean;
}

/** Secrets, written and never read. Every method throws a DeliveryFailure. */
export interface SecretStore {
  metadataOf(secret: string, deadline: Deadline): Promise<SecretMetadata>;
  /** Replaces the annotations where the etag is still the secret's, and answers what the secret says then. */
  annotate(
    secret: string,
    annotations: Readonly<Record<string, string>>,
    etag: string,
    deadline: Deadline,
  ): Promise<SecretMetadata | undefined>;
  /** Adds a version of at most 64 KiB. */
  addVersion(secret: string, data: Buffer, deadline: Deadline): Promise<SecretVersionMetadata>;
  /** Newest first, and maybe without the oldest where these are destroyed: versions are listed for ever. */
  versionsOf(secret: string, deadline: Deadline): Promise<SecretVersionMetadata[]>;
  destroyVersion(secret: string, version: number, deadline: Deadline): Promise<void>;
}

/** Publishes one message after another. Throws a DeliveryFailure. */
export interface Publisher {
  publish(topic: string, messages: readonly Buffer[], deadline: Deadline): Promise<void>;
}
