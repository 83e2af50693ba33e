/** What was read, or why it could not be. */
export type Reading<Value> = { value: Value } | { unread: string };

/** One binding of an IAM policy; a condition narrows when it counts, and is not evaluated here. */
export interface IamBinding {
  role: string;
  members: string[];
  condition?: { title?: string; expression?: string };
}

/** A key of a service account that somebody holds the private half of. */
export interface UserManagedKey {
  name: string;
  validAfterTime: string;
  validBeforeTime?: string;
  disabled?: boolean;
}

/** Reads what IAM says of service accounts, changing nothing. */
export interface IamReader {
  accountPolicy(email: string): Promise<Reading<IamBinding[]>>;
  projectPolicy(projectId: string): Promise<Reading<IamBinding[]>>;
  /** The permissions of a role by its full name: `roles/R`, `projects/P/roles/R` or `organizations/O/roles/R`. */
  role(name: string): Promise<Reading<string[]>>;
  userManagedKeys(email: string): Promise<Reading<UserManagedKey[]>>;
}

export interface IamReaderOptions {
  /** Origins of the IAM API and of the Resource Manager API. */
  hosts: { iam: string; resourceManager: string };
  /** The headers that authorize a request, of application default credentials. Rejects where there are none. */
  authorize: () => Promise<Headers>;
}

const timeoutMilliseconds = 10_000;

/** Reads by IAM API v1 and Resource Manager API v1. */
export function createIamReader({ hosts, authorize }: IamReaderOptions): IamReader {
  const account = (email: string) =>
    `${hosts.iam}/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}`;
  // Policies of version 1 leave conditional bindings out or hide the condition; 3 shows them.
  return {
    async accountPolicy(email) {
      const url = `${account(email)}:getIamPolicy?options.requestedPolicyVersion=3`;
      return read(url, 'iam.serviceAccounts.getIamPolicy', bindingsOf, { method: 'POST' });
    },
    async projectPolicy(projectId) {
      const url = `${hosts.resourceManager}/v1/projects/${encodeURIComponent(projectId)}:getIamPolicy`;
      const body = JSON.stringify({ options: { requestedPolicyVersion: 3 } });
      return read(url, 'resourcemanager.projects.getIamPolicy', bindingsOf, { method: 'POST', body });
    },
    async role(name) {
      const permissionsOf = ({ includedPermissions = [] }: { includedPermissions?: string[] }) =>
        includedPermissions;
      return read(`${hosts.iam}/v1/${name}`, 'iam.roles.get', permissionsOf);
    },
    async userManagedKeys(email) {
      const keysOf = ({ keys = [] }: { keys?: UserManagedKey[] }) => keys;
      return read(`${account(email)}/keys?keyTypes=USER_MANAGED`, 'iam.serviceAccountKeys.list', keysOf);
    },
  };

  async function read<Body, Value>(
    url: string,
    permission: string,
    pick: (body: Body) => Value,
    init: RequestInit = {},
  ): Promise<Reading<Value>> {
    try {
      const headers = new Headers(await authorize());
      if (init.body !== undefined) headers.set('content-type', 'application/json');
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const answer = await fetch(url, { ...init, headers, signal, redirect: 'error' });
      if (answer.ok) return { value: pick((await answer.json()) as Body) };
      const advice = answer.status === 403 ? `: these credentials need ${permission}` : '';
      return { unread: `status ${answer.status}${advice}` };
    } catch (error) {
      return { unread: reasonOf(error) };
    }
  }
}

function bindingsOf({ bindings = [] }: { bindings?: IamBinding[] }): IamBinding[] {
  return bindings;
}

/** An error of fetch or of the credentials in a word: what these carry beside may quote requests. */
function reasonOf(error: unknown): string {
  const { name, code, cause } = error as { name?: string; code?: unknown; cause?: { code?: unknown } };
  if (error instanceof CredentialsError) return error.message;
  return `no answer (${String(cause?.code ?? code ?? name)})`;
}

/** There are no credentials to ask with. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}
