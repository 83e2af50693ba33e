/** google.cloud.secretmanager.v1.SecretVersion.State, each at its number. */
export const states = ['STATE_UNSPECIFIED', 'ENABLED', 'DISABLED', 'DESTROYED'] as const;

export type State = Exclude<(typeof states)[number], 'STATE_UNSPECIFIED'>;

/** What a secret says of itself, apart from its versions; a change makes a new one with a new etag. */
export interface Secret {
  readonly id: string;
  readonly createdAtMs: number;
  readonly etag: string;
  readonly replication: unknown;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Version numbers by alias. */
  readonly versionAliases: Readonly<Record<string, number>>;
}

export interface Version {
  readonly number: number;
  readonly createdAtMs: number;
  readonly destroyedAtMs?: number;
  readonly state: State;
  readonly etag: string;
  /** Empty once it is destroyed. */
  readonly data: Buffer;
  readonly dataCrc32c: number;
  /** Whether the checksum came with the data, or was made here. */
  readonly clientSpecifiedPayloadChecksum: boolean;
}
