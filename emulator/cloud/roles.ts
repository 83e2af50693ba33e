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

/**
 * Google's predefined roles, as far as the emulator checks their permissions (iam/docs/service-account-permissions).
 */
export const predefinedRoles: Roles = {
  'roles/iam.serviceAccountTokenCreator': signingPermissions,
  'roles/iam.serviceAccountOpenIdTokenCreator': ['iam.serviceAccounts.getOpenIdToken'],
  'roles/iam.serviceAccountAdmin': policyPermissions,
  'roles/iam.serviceAccountKeyAdmin': ['iam.serviceAccountKeys.list'],
  'roles/iam.securityAdmin': [...policyPermissions, 'iam.serviceAccountKeys.list'],
  'roles/iam.securityReviewer': [
    'iam.roles.get',
    'iam.serviceAccountKeys.list',
    'iam.serviceAccounts.getIamPolicy',
    'resourcemanager.projects.getIamPolicy',
  ],
};
