import { type Deployment, httpFunction, proberAccount, serviceUrl } from './deployment.ts';
import { includes, memberOf } from './found.ts';
import { createAccount, grant } from './plan-access.ts';
import { digestOf } from './plan-function.ts';
import { gcloud, look, type Section, type Step } from './step.ts';

const job = 'countersign-probe';
const schedule = '*/10 * * * *';
/** What no policy allows: a name that nobody can own (RFC 2606). */
const forbiddenAudience = 'https://forbidden.example';
const label = 'countersign-deployed';

/**
 * The prober: Cloud Scheduler starts a Cloud Run job that runs `countersign check`. A plain HTTP job of the scheduler
 * could have a token signed, but neither verify it nor take a refusal for what is right.
 */
export function planProbe(deployment: Deployment, probeAudience: string): Section {
  const { projectId, region } = deployment;
  const account = proberAccount(projectId);
  const member = `serviceAccount:${account}`;
  const invoker = 'roles/run.invoker';
  return {
    title: 'The prober',
    steps: [
      createAccount(
        projectId,
        account,
        'Countersign prober',
        'The account that the prober asks as, and that starts it.',
      ),
      grant(
        projectId,
        { kind: ['run', 'services'], name: httpFunction, location: region },
        member,
        invoker,
        'The prober may call the function; what it gets is for the policy to say.',
      ),
      keepJob(deployment, account, probeAudience),
      grant(
        projectId,
        { kind: ['run', 'jobs'], name: job, location: region },
        member,
        invoker,
        'The scheduler starts the job in the prober’s name.',
      ),
      keepSchedule(deployment, account),
    ],
  };
}

function keepJob(deployment: Deployment, account: string, audience: string): Step {
  const { projectId, region, sourceDigests } = deployment;
  const settings = [
    `COUNTERSIGN_URL=${serviceUrl(deployment, httpFunction)}`,
    `PROBE_AUDIENCE=${audience}`,
    `PROBE_FORBIDDEN=${forbiddenAudience}`,
  ];
  const words = [
    ...['run', 'jobs', 'deploy', job, '--source=dist/probe', `--region=${region}`],
    ...[`--service-account=${account}`, '--tasks=1', '--max-retries=1', '--task-timeout=60s'],
    ...['--memory=512Mi', '--cpu=1', `--set-env-vars=${settings.join(',')}`],
  ];
  const digest = digestOf(deployment, sourceDigests.probe, words);
  return {
    why: 'The job: has a token signed and verifies it, and sees to it that what the policy forbids is refused.',
    looks: [look(projectId, 'run', 'jobs', 'describe', job, `--region=${region}`)],
    mend: (found) =>
      memberOf(found, 'metadata', 'labels', label) === digest
        ? []
        : [
            { words: ['npm', 'run', '--silent', 'build:probe'] },
            { words: gcloud(projectId, ...words, `--labels=${label}=${digest}`) },
          ],
  };
}

function keepSchedule({ projectId, region }: Deployment, account: string): Step {
  const uri = `https://run.googleapis.com/v2/projects/${projectId}/locations/${region}/jobs/${job}:run`;
  const flags = [
    ...[`--location=${region}`, `--schedule=${schedule}`, `--uri=${uri}`, '--http-method=POST'],
    ...[`--oauth-service-account-email=${account}`, '--attempt-deadline=60s'],
  ];
  const wanted = {
    schedule,
    httpTarget: { uri, httpMethod: 'POST', oauthToken: { serviceAccountEmail: account } },
  };
  return {
    why: 'Every ten minutes.',
    looks: [look(projectId, 'scheduler', 'jobs', 'describe', job, `--location=${region}`)],
    mend: (found) => {
      if (includes(found, wanted)) return [];
      const change = found === undefined ? 'create' : 'update';
      return [{ words: gcloud(projectId, 'scheduler', 'jobs', change, 'http', job, ...flags) }];
    },
  };
}
