import { ApiError, type Detail, type ErrorBody, errorInfo, statusName } from '../http/api-error.ts';
import { type Answer, json } from '../http/route.ts';
import { html } from '../metadata/answer.ts';
import type { Fault } from './fault.ts';

const messages: Readonly<Record<number, string>> = {
  400: 'Request contains an invalid argument.',
  403: 'The caller does not have permission',
  404: 'Requested entity was not found.',
  429: "Quota exceeded for quota metric 'Requests to sign a JWT or blob' and limit 'Requests to sign a JWT or blob per minute'.",
  500: 'Internal error encountered.',
  503: 'The service is currently unavailable.',
  504: 'Deadline expired before operation could complete.',
};

/** The answer of a fault that has a status: its own body, or what Google would say with that status. */
export function faultAnswer(fault: Fault, status: number, projectNumber: string): Answer {
  const { api, body, headers = {} } = fault;
  if (typeof body === 'string') return { ...json(null, { status, headers }), body };
  if (body !== undefined) return json(body, { status, headers });
  if (api.startsWith('metadata')) return html(status, messages[status] ?? 'Error', { ...headers });
  return json(status < 300 ? {} : envelope(fault, status, projectNumber), { status, headers });
}

function envelope({ reason }: Fault, status: number, projectNumber: string): ErrorBody {
  const consumer = `projects/${projectNumber}`;
  if (reason === 'SERVICE_DISABLED') return serviceDisabled(consumer);
  const message = messages[status] ?? 'Unknown Error.';
  const details = errorDetails(status, reason, consumer);
  return { error: { code: status, message, status: statusName(status), ...(details && { details }) } };
}

function errorDetails(status: number, reason: string | undefined, consumer: string): Detail[] | undefined {
  const service = 'iamcredentials.googleapis.com';
  if (status === 429) {
    const quota = {
      quota_metric: `${service}/sign_requests`,
      quota_limit: 'SignRequestsPerMinutePerProject',
    };
    return [errorInfo(reason ?? 'RATE_LIMIT_EXCEEDED', { consumer, service, ...quota })];
  }
  return reason === undefined ? undefined : [errorInfo(reason, { consumer, service })];
}

/** ErrorInfo as google/api/error_reason.proto has it; the text is that of public reports. */
function serviceDisabled(consumer: string): ErrorBody {
  const service = 'iamcredentials.googleapis.com';
  const project = consumer.replace('projects/', '');
  const message =
    `IAM Service Account Credentials API has not been used in project ${project} before or it is disabled. ` +
    `Enable it by visiting https://console.developers.google.com/apis/api/${service}/overview?project=${project} ` +
    'then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.';
  return new ApiError('PERMISSION_DENIED', message, {
    details: [errorInfo('SERVICE_DISABLED', { consumer, service })],
  }).body;
}
