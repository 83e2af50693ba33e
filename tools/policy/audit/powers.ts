/** What Token Creator has: each signs as the account, or becomes it (implicitDelegation: on the way to another). */
const tokenPowers = [
  'iam.serviceAccounts.signJwt',
  'iam.serviceAccounts.signBlob',
  'iam.serviceAccounts.getAccessToken',
  'iam.serviceAccounts.getOpenIdToken',
  'iam.serviceAccounts.implicitDelegation',
];

const powers = [
  ...tokenPowers,
  // Code that one has run as the account becomes it.
  'iam.serviceAccounts.actAs',
  // Whoever holds one of these can give itself the rest, or make a key of the account.
  'iam.serviceAccounts.setIamPolicy',
  'iam.serviceAccountKeys.create',
  'resourcemanager.projects.setIamPolicy',
];

/**
 * Predefined roles by the powers among their permissions (cloud.google.com/iam/docs/service-account-permissions and
 * /iam/docs/roles-permissions); any other role is read from IAM.
 */
const predefinedRoles: Readonly<Record<string, readonly string[]>> = {
  'roles/iam.serviceAccountTokenCreator': tokenPowers,
  'roles/iam.serviceAccountOpenIdTokenCreator': ['iam.serviceAccounts.getOpenIdToken'],
  'roles/iam.workloadIdentityUser': [
    'iam.serviceAccounts.getAccessToken',
    'iam.serviceAccounts.getOpenIdToken',
  ],
  'roles/iam.serviceAccountUser': ['iam.serviceAccounts.actAs'],
  'roles/iam.serviceAccountAdmin': ['iam.serviceAccounts.setIamPolicy'],
  'roles/iam.serviceAccountKeyAdmin': ['iam.serviceAccountKeys.create'],
  'roles/iam.securityAdmin': ['iam.serviceAccounts.setIamPolicy', 'resourcemanager.projects.setIamPolicy'],
  'roles/resourcemanager.projectIamAdmin': ['resourcemanager.projects.setIamPolicy'],
  'roles/editor': ['iam.serviceAccounts.actAs', 'iam.serviceAccountKeys.create'],
  'roles/owner': [
    'iam.serviceAccounts.actAs',
    'iam.serviceAccounts.setIamPolicy',
    'iam.serviceAccountKeys.create',
    'resourcemanager.projects.setIamPolicy',
  ],
};

/** Of a role's permissions those that lead to a signature of the account. */
export function powersAmong(permissions: readonly string[]): string[] {
  return powers.filter((power) => permissions.includes(power));
}

/** The powers of a predefined role that is known without asking IAM. */
export function powersOfPredefined(role: string): readonly string[] | undefined {
  return Object.hasOwn(predefinedRoles, role) ? predefinedRoles[role] : undefined;
}
