/** Where Google's APIs are reached: the real hosts, or the local cloud's in local mode. */
export interface GoogleHosts {
  /** Origin of the IAM Service Account Credentials API. */
  iamCredentials: string;
  /** Origin of the public keys of service accounts and of Google's ID tokens. */
  keys: string;
  /** Whether these are the local cloud's, whose keys are worthless anywhere else. */
  isLocal: boolean;
}

export const googleHosts: GoogleHosts = {
  iamCredentials: 'https://iamcredentials.googleapis.com',
  keys: 'https://www.googleapis.com',
  isLocal: false,
};

/** What the batch function reaches besides. */
export interface BatchHosts extends GoogleHosts {
  /** Origin of the Secret Manager API. */
  secretManager: string;
  /** Origin of the Pub/Sub API. */
  pubsub: string;
}

export const batchHosts: BatchHosts = {
  ...googleHosts,
  secretManager: 'https://secretmanager.googleapis.com',
  pubsub: 'https://pubsub.googleapis.com',
};

const emulatorKid = /^emulator-/;

/** Whether a key of this ID may be believed: the local cloud's only in local mode. */
export function isKeyAllowed(kid: unknown, { isLocal }: GoogleHosts): boolean {
  return isLocal || typeof kid !== 'string' || !emulatorKid.test(kid);
}
