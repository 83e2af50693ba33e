import { Problem } from '../contract/problem.ts';
import type { HttpAnswer } from './http-client.ts';

export interface IamCallSite {
  serviceAccount: string;
  /** The permission that the call needs on the service account. */
  permission: string;
  /** E-mail of the account that calls, where it is known. */
  runsAs: string | undefined;
}

interface GoogleError {
  message: string;
  status: string;
  reason: string | undefined;
  consumer: string | undefined;
}

const quotaRetrySeconds = 10;
const outageRetrySeconds = 2;

/** The problem that an IAM error answer comes to (google.rpc.Status with ErrorInfo, in Google's JSON envelope). */
export function toSignerProblem(answer: HttpAnswer, site: IamCallSite): Problem {
  const error = parseGoogleError(answer.body);
  if (answer.status === 429) {
    return new Problem('signer_quota_exceeded', 'IAM answers 429: its signing quota is spent for now.', {
      retryAfterSeconds: retryAfter(answer, quotaRetrySeconds),
    });
  }
  if (answer.status === 403) return toPermissionProblem(error, site);
  if (answer.status === 401) {
    return new Problem(
      'signer_unavailable',
      'IAM does not accept the access token of the runtime account (401).',
      {
        retryAfterSeconds: outageRetrySeconds,
      },
    );
  }
  if (answer.status >= 500) {
    return new Problem('signer_unavailable', `IAM answers ${answer.status}. Try again.`, {
      retryAfterSeconds: retryAfter(answer, outageRetrySeconds),
    });
  }
  if (answer.status >= 300 && answer.status < 400) {
    return new Problem(
      'signer_response_invalid',
      `IAM answers ${answer.status}, a redirect, which is not followed.`,
    );
  }
  const { status, message } = error ?? { status: 'no error body', message: '' };
  const said = safeMessage(message);
  return new Problem(
    'signer_rejected',
    `IAM refuses to sign as ${site.serviceAccount}: ${answer.status} ${status}${said}`,
  );
}

function toPermissionProblem(error: GoogleError | undefined, site: IamCallSite): Problem {
  if (error?.reason === 'SERVICE_DISABLED') {
    const project =
      /^projects\/([\w-]+)$/.exec(error.consumer ?? '')?.[1] ?? projectOf(site.runsAs) ?? 'PROJECT';
    const command = `gcloud services enable iamcredentials.googleapis.com --project=${project}`;
    return new Problem('signer_api_disabled', `Enable it with: ${command}`);
  }
  if (error?.reason !== undefined && error.reason !== 'IAM_PERMISSION_DENIED') {
    const reason = error.reason.replaceAll(/[^A-Z_]/g, '').slice(0, 64);
    return new Problem('signer_rejected', `IAM refuses to sign as ${site.serviceAccount}: 403 ${reason}.`);
  }
  const { serviceAccount, permission, runsAs } = site;
  const project = projectOf(serviceAccount) ?? 'PROJECT';
  const command =
    `gcloud iam service-accounts add-iam-policy-binding ${serviceAccount}` +
    ` --project=${project} --member=serviceAccount:${runsAs ?? 'RUNTIME_ACCOUNT'}` +
    ' --role=roles/iam.serviceAccountTokenCreator';
  const detail =
    `${runsAs ?? 'The runtime account'} lacks ${permission} on ${serviceAccount}, or that account does not exist. ` +
    `Grant it with: ${command} (or a custom role with ${permission} alone). A grant takes 2 to 7 minutes.`;
  return new Problem('signer_permission_missing', detail);
}

/** The project of a service account, from its e-mail. */
function projectOf(email: string | undefined): string | undefined {
  return /@([a-z][a-z0-9-]*)\.iam\.gserviceaccount\.com$/.exec(email ?? '')?.[1];
}

/** IAM's own sentence, unless it might hold a piece of what was sent. */
function safeMessage(message: string): string {
  const text = message.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 200);
  return text === '' || /eyJ|[A-Za-z0-9_-]{60,}/.test(text) ? '.' : `: ${text}`;
}

function retryAfter({ headers }: HttpAnswer, otherwise: number): number {
  const seconds = Number(headers['retry-after']);
  return Number.isInteger(seconds) && seconds > 0 && seconds <= 3600 ? seconds : otherwise;
}

function parseGoogleError(body: string): GoogleError | undefined {
  try {
    const { error } = JSON.parse(body) as {
      error: {
        message?: unknown;
        status?: unknown;
        details?: { reason?: unknown; metadata?: { consumer?: unknown } }[];
      };
    };
    const info = error.details?.find((each) => typeof each.reason === 'string');
    return {
      message: String(error.message ?? ''),
      status: String(error.status ?? '').replaceAll(/[^A-Z_]/g, ''),
      reason: typeof info?.reason === 'string' ? info.reason : undefined,
      consumer: typeof info?.metadata?.consumer === 'string' ? info.metadata.consumer : undefined,
    };
  } catch {
    return undefined;
  }
}
