/** What to do about what gcloud says, the first that fits. */
const advice: readonly (readonly [said: RegExp, mend: string])[] = [
  [
    /ENOENT/,
    'gcloud is not on the PATH. Install the Google Cloud CLI, or run this in Cloud Shell, which has it.',
  ],
  [
    /active account|auth login|[Rr]eauthentication|invalid_grant/,
    'gcloud is not signed in: run gcloud auth login.',
  ],
  [/[Bb]illing/, 'The project has no billing account: link one under Billing in the console.'],
  [
    /Invalid choice|unrecognized arguments/,
    'This gcloud is older than the command: run gcloud components update.',
  ],
  [
    /Cannot find metric/,
    'A log-based metric can take ten minutes until alerts may refer to it: wait for it.',
  ],
  [
    /SERVICE_DISABLED|has not been used in project/,
    'An API that was enabled a moment ago takes some minutes: wait for it.',
  ],
  [
    /build service account/i,
    'The account that builds lacks a permission: grant it roles/cloudbuild.builds.builder in the project.',
  ],
  [
    /constraints\/|[Oo]rganization [Pp]olicy/,
    'An organisation policy forbids it: whoever administers it has to make an exception for this project.',
  ],
  [
    /PERMISSION_DENIED|does not have permission|status=\[403\]|\b403\b/,
    'The account that gcloud is signed in as lacks what the message names; docs/operations.md lists the roles of a deployer.',
  ],
  [
    /does not exist|NOT_FOUND/,
    'Something that the command names is not there: see that the project and the accounts in the policy exist.',
  ],
];

/** One sentence on how to mend what a failed command said. */
export function adviseOn(said: string): string {
  return advice.find(([pattern]) => pattern.test(said))?.[1] ?? 'Mend the cause that it names.';
}
