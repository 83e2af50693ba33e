import { predefinedRoles, type Roles } from './roles.ts';

/** One binding of an IAM policy: the members that hold the role. */
export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
}

/** The bindings of each resource, by its full resource name. */
export type Bindings = Readonly<Record<string, readonly Binding[]>>;

export interface Policy {
  readonly bindings: readonly Binding[];
  readonly etag: string;
}

/** The etag of a policy that was never set, as Google shows it. */
const unsetEtag = 'ACAB';

/**
 * The IAM policies: who holds which permission on which resource. Its state is the roles, and for each resource
 * its bindings with an etag that every change makes new.
 */
export class Policies {
  #roles = new Map<string, readonly string[]>();
  #policies = new Map<string, Policy>();
  #revision = 0;

  /** Forgets everything for these roles, beside Google's predefined ones, and these bindings. */
  load(roles: Roles, bindings: Bindings): void {
    this.#roles = new Map();
    this.#policies = new Map();
    this.setRoles(predefinedRoles);
    this.setRoles(roles);
    for (const [resource, list] of Object.entries(bindings)) this.set(resource, list);
  }

  /** A change takes effect at once; on Google it takes from 2 to 7 minutes. */
  set(resource: string, bindings: readonly Binding[]): Policy {
    const policy = { bindings, etag: this.#nextEtag() };
    this.#policies.set(resource, policy);
    return policy;
  }

  /** A resource whose policy was never set has the empty one. */
  get(resource: string): Policy {
    return this.#policies.get(resource) ?? { bindings: [], etag: unsetEtag };
  }

  /**
   * Whether bindings of the resource or of its project give the permission. Where neither was ever given any,
   * everything is allowed: so Secret Manager and Pub/Sub are open until a test closes them.
   */
  allows(member: string, permission: string, resource: string): boolean {
    const guards = this.#guards(resource);
    return guards.length === 0 || guards.some((name) => this.holds(member, permission, name));
  }

  /** Whether bindings decide about the resource. */
  isGuarded(resource: string): boolean {
    return this.#guards(resource).length > 0;
  }

  setRoles(roles: Roles): void {
    for (const [role, permissions] of Object.entries(roles)) this.#roles.set(role, permissions);
  }

  roles(): Roles {
    return Object.fromEntries(this.#roles);
  }

  hasRole(role: string): boolean {
    return this.#roles.has(role);
  }

  permissionsOf(role: string): readonly string[] | undefined {
    return this.#roles.get(role);
  }

  /** Whether the member has the permission on the resource, granted there or on the project that it is in. */
  holds(member: string, permission: string, resource: string): boolean {
    const project = resource.split('/', 2).join('/');
    const bindings = [...new Set([resource, project])].flatMap((each) => this.get(each).bindings);
    return bindings.some(
      ({ role, members }) => members.includes(member) && this.#roles.get(role)?.includes(permission),
    );
  }

  all(): Bindings {
    return Object.fromEntries([...this.#policies].map(([resource, { bindings }]) => [resource, bindings]));
  }

  /** The seed lets the project's own policy be read; that alone closes nothing. */
  #closes(project: string): boolean {
    const granted = this.get(project).bindings.flatMap(({ role }) => this.#roles.get(role) ?? []);
    return granted.some((permission) => /^(pubsub|secretmanager)\./.test(permission));
  }

  #guards(resource: string): string[] {
    const project = resource.split('/').slice(0, 2).join('/');
    const guards = this.#policies.has(resource) && resource !== project ? [resource] : [];
    return this.#closes(project) ? [...guards, project] : guards;
  }

  #nextEtag(): string {
    this.#revision += 1;
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(this.#revision, 4);
    return bytes.toString('base64');
  }
}
