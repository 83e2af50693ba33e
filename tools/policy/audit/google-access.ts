import { Compute, GoogleAuth } from 'google-auth-library';
import { UsageError } from '../report.ts';
import { CredentialsError, type IamReaderOptions } from './iam-reader.ts';

type Environment = Record<string, string | undefined>;

const scopes = ['https://www.googleapis.com/auth/cloud-platform'];
const loopback = /^(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/;
const google = {
  iam: 'https://iam.googleapis.com',
  resourceManager: 'https://cloudresourcemanager.googleapis.com',
};

/**
 * Where IAM is and what authorizes asking it: Google with application default credentials, or the local cloud as the
 * account of its metadata server.
 * @throws UsageError where a variable of the local cloud is set that can't be meant
 */
export function googleAccess(environment: Environment): IamReaderOptions {
  const { COUNTERSIGN_LOCAL, IAM_CREDENTIALS_EMULATOR_HOST: emulator } = environment;
  const isLocal = COUNTERSIGN_LOCAL === 'true';
  if (!isLocal && emulator !== undefined) {
    throw new UsageError(
      'IAM_CREDENTIALS_EMULATOR_HOST is set without COUNTERSIGN_LOCAL=true: add it, or unset it.',
    );
  }
  if (!isLocal) return { hosts: google, authorize: withAdvice(new GoogleAuth({ scopes })) };
  if (!loopback.test(emulator ?? '') || !loopback.test(environment.GCE_METADATA_HOST ?? '')) {
    throw new UsageError(
      'COUNTERSIGN_LOCAL is true: IAM_CREDENTIALS_EMULATOR_HOST and GCE_METADATA_HOST must be loopback HOST:PORTs.',
    );
  }
  const origin = `http://${emulator}`;
  // Not the default credentials: a developer's own would be found first, and sent where they have no business.
  return { hosts: { iam: origin, resourceManager: origin }, authorize: withAdvice(new Compute({ scopes })) };
}

/** The library's errors carry requests and answers; this one says what to do. */
function withAdvice(client: Pick<GoogleAuth, 'getRequestHeaders'>): () => Promise<Headers> {
  return async () => {
    try {
      return await client.getRequestHeaders();
    } catch {
      throw new CredentialsError('no default credentials: run gcloud auth application-default login');
    }
  };
}
