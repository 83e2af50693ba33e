export type Resource = Record<string, unknown>;

/** What there is in the one project of the recording gcloud; all of it is JSON. */
export interface ProjectState {
  services: string[];
  /** By kind and name, such as `secrets/countersign-policy`. */
  resources: Record<string, Resource>;
  /** IAM policies, by the same keys: `ROLE MEMBER` of each binding. */
  bindings: Record<string, string[]>;
  /** What secrets hold: the payloads of their versions. */
  payloads: Record<string, string[]>;
}

export function emptyProject(): ProjectState {
  return { services: [], resources: {}, bindings: {}, payloads: {} };
}

/** What a call to one of Google's APIs fails with, by way of gcloud: exit code 1. */
export class ApiFault extends Error {}

export function need(state: ProjectState, key: string): Resource {
  const found = state.resources[key];
  if (found === undefined) throw new ApiFault(`NOT_FOUND: Resource not found (resource=${key}).`);
  return found;
}

export function make(state: ProjectState, key: string, resource: Resource): Resource {
  if (state.resources[key] !== undefined) throw new ApiFault(`ALREADY_EXISTS: ${key} already exists.`);
  state.resources[key] = resource;
  return resource;
}

/** The members of a principal of this project must be there before they are bound. */
export function needMember(state: ProjectState, member: string): void {
  const [, email = ''] = /^serviceAccount:(.+)$/.exec(member) ?? [];
  if (email === '')
    throw new ApiFault(`INVALID_ARGUMENT: ${member} is not of a form that this project binds.`);
  if (/@gcp-sa-pubsub\.iam\.gserviceaccount\.com$/.test(email)) {
    const isUsed = Object.keys(state.resources).some((key) => key.startsWith('topics/'));
    if (!isUsed) throw new ApiFault(`INVALID_ARGUMENT: Service account ${email} does not exist.`);
  } else if (state.resources[`accounts/${email}`] === undefined) {
    throw new ApiFault(`INVALID_ARGUMENT: Service account ${email} does not exist.`);
  }
}
