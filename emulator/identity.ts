/**
 * The service accounts that a process can run as. A metadata server knows one identity, so each has its own
 * port, in this order from the emulator's first one.
 */
export const identities = ['countersign', 'caller', 'stranger', 'pubsub-push', 'signer'] as const;

export type Identity = (typeof identities)[number];
