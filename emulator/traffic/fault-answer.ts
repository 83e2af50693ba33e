import { ApiError, type Detail, type ErrorBody, errorInfo, statusName } from '../http/api-error.ts';
import { type Answer, json } from '../http/route.ts';
import { html } from '../metadata/answer.ts';
import type { Fault } from './fault.ts';

const messages: Readonly<Record<number, string>> = {
  400: 'Request contains an invalid argument.',
  403: 'The caller does not have permission',
  404: 'Requested entity was not found.',
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

/** The API behind a route's name, with the quota that it is likely to run into. */
interface Service {
  readonly host: string;
  readonly title: string;
  readonly metric: string;
  readonly metricTitle: string;
}

const iamCredentials: Service = {
  host: 'iamcredentials.googleapis.com',
  title: 'IAM Service Account Credentials API',
  metric: 'sign_requests',
  metricTitle: 'Requests to sign a JWT or blob',
};

const services: readonly (readonly [RegExp, Service])[] = [
  [
    /^(?:secrets|versions)\./,
    {
      host: 'secretmanager.googleapis.com',
      title: 'Secret Manager API',
      metric: 'write_requests',
      metricTitle: 'Write requests',
    },
  ],
  [
    /^(?:topics|subscriptions)\./,
    {
      host: 'pubsub.googleapis.com',
      title: 'Cloud Pub/Sub API',
      metric: 'publisher_requests',
      metricTitle: 'Publisher requests',
    },
  ],
];

function serviceOf(api: string): Service {
  return services.find(([pattern]) => pattern.test(api))?.[1] ?? iamCredentials;
}

function envelope({ api, reason }: Fault, status: number, projectNumber: string): ErrorBody {
  const consumer = `projects/${projectNumber}`;
  const service = serviceOf(api);
  if (reason === 'SERVICE_DISABLED') return serviceDisabled(service, consumer);
  const message = status === 429 ? quotaMessage(service) : (messages[status] ?? 'Unknown Error.');
  const details = errorDetails(service, { status, reason, consumer });
  return { error: { code: status, message, status: statusName(status), ...(details && { details }) } };
}

function quotaMessage({ metricTitle }: Service): string {
  return `Quota exceeded for quota metric '${metricTitle}' and limit '${metricTitle} per minute'.`;
}

interface FaultCause {
  readonly status: number;
  readonly reason: string | undefined;
  readonly consumer: string;
}

function errorDetails(
  { host, metric }: Service,
  { status, reason, consumer }: FaultCause,
): Detail[] | undefined {
  if (status !== 429)
    return reason === undefined ? undefined : [errorInfo(reason, { consumer, service: host })];
  const limit = metric.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const quota = { quota_metric: `${host}/${metric}`, quota_limit: `${limit}PerMinutePerProject` };
  return [errorInfo(reason ?? 'RATE_LIMIT_EXCEEDED', { consumer, service: host, ...quota })];
}

/** ErrorInfo as google/api/error_reason.proto has it; the text is that of public reports. */
function serviceDisabled({ host, title }: Service, consumer: string): ErrorBody {
  const project = consumer.replace('projects/', '');
  const message =
    `${title} has not been used in project ${project} before or it is disabled. ` +
    `Enable it by visiting https://console.developers.google.com/apis/api/${host}/overview?project=${project} ` +
    'then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.';
  return new ApiError('PERMISSION_DENIED', message, {
    details: [errorInfo('SERVICE_DISABLED', { consumer, service: host })],
  }).body;
}
