const signingPermissions = [
  'iam.serviceAccounts.getAccessToken',
  'iam.serviceAccounts.getOpenIdToken',
  'iam.serviceAccounts.implicitDelegation',
  'iam.serviceAccounts.signBlob',
  'iam.serviceAccounts.signJwt',
];

const policyPermissions = ['iam.serviceAccounts.getIamPolicy', 'iam.serviceAccounts.setIamPolicy'];

/** A role's permissions, by the name of the role. */
export type Roles = Readonly<Record<string, readonly string[]>>;

const secretManagerRoles: Roles = {
  'roles/secretmanager.admin': [
    ...['create', 'delete', 'get', 'getIamPolicy', 'list', 'setIamPolicy', 'update'].map(
      (verb) => `secretmanager.secrets.${verb}`,
    ),
    ...['access', 'add', 'destroy', 'disable', 'enable', 'get', 'list'].map(
      (verb) => `secretmanager.versions.${verb}`,
    ),
  ],
  'roles/secretmanager.secretAccessor': ['secretmanager.versions.access'],
  'roles/secretmanager.secretVersionAdder': ['secretmanager.versions.add'],
  'roles/secretmanager.secretVersionManager': ['add', 'destroy', 'disable', 'enable', 'get', 'list'].map(
    (verb) => `secretmanager.versions.${verb}`,
  ),
  'roles/secretmanager.viewer': [
    'secretmanager.secrets.get',
    'secretmanager.secrets.getIamPolicy',
    'secretmanager.secrets.list',
    'secretmanager.versions.get',
    'secretmanager.versions.list',
  ],
};

const pubsubViewer = [
  'pubsub.subscriptions.get',
  'pubsub.subscriptions.list',
  'pubsub.topics.get',
  'pubsub.topics.list',
];
const pubsubSubscriber = ['pubsub.subscriptions.consume', 'pubsub.topics.attachSubscription'];
const pubsubEditor = [
  ...pubsubViewer,
  ...pubsubSubscriber,
  'pubsub.subscriptions.create',
  'pubsub.subscriptions.delete',
  'pubsub.subscriptions.update',
  'pubsub.topics.create',
  'pubsub.topics.delete',
  'pubsub.topics.publish',
];

const pubsubRoles: Roles = {
  'roles/pubsub.viewer': pubsubViewer,
  'roles/pubsub.publisher': ['pubsub.topics.publish'],
  'roles/pubsub.subscriber': pubsubSubscriber,
  'roles/pubsub.editor': pubsubEditor,
  'roles/pubsub.admin': [
    ...pubsubEditor,
    ...['subscriptions', 'topics'].flatMap((kind) => [
      `pubsub.${kind}.getIamPolicy`,
      `pubsub.${kind}.setIamPolicy`,
    ]),
  ],
};

/**
 * Google's predefined roles, as far as the emulator checks their permissions (iam/docs/service-account-permissions).
 */
export const predefinedRoles: Roles = {
  'roles/iam.serviceAccountTokenCreator': signingPermissions,
  'roles/iam.serviceAccountOpenIdTokenCreator': ['iam.serviceAccounts.getOpenIdToken'],
  'roles/iam.serviceAccountAdmin': policyPermissions,
  'roles/iam.serviceAccountKeyAdmin': ['iam.serviceAccountKeys.list'],
  ...secretManagerRoles,
  ...pubsubRoles,
  'roles/iam.securityAdmin': [...policyPermissions, 'iam.serviceAccountKeys.list'],
  'roles/iam.securityReviewer': [
    'iam.roles.get',
    'iam.serviceAccountKeys.list',
    'iam.serviceAccounts.getIamPolicy',
    'resourcemanager.projects.getIamPolicy',
  ],
};
