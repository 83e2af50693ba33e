import type { Deployment } from '../../tools/deploy/deployment.ts';
import { type Ended, execute, type Runner } from '../../tools/deploy/execute.ts';
import { planDeployment } from '../../tools/deploy/plan.ts';
import { readDeployment } from '../../tools/deploy/read-deployment.ts';
import type { RecordingGcloud } from './gcloud/recording-gcloud.ts';

/** What `npm run deploy -- --project acme-signing --region europe-west1` deploys, its project's number known. */
export async function exampleDeployment(changes: Partial<Deployment> = {}): Promise<Deployment> {
  const options = { project: 'acme-signing', region: 'europe-west1', selfSigning: false };
  const policy = 'tools/policies/example.json';
  return { ...(await readDeployment({ ...options, policy })), projectNumber: '42', ...changes };
}

export interface DeployRun {
  changes: number;
  printed: string;
  /** The pauses that it made, in seconds. */
  paused: number[];
}

/** Runs the plan against the recording gcloud; what is built beside is taken as built. */
export async function deployTo(
  gcloud: RecordingGcloud,
  deployment: Deployment,
  whilePaused: () => void = () => {},
): Promise<DeployRun> {
  const printed: string[] = [];
  const paused: number[] = [];
  const runner: Runner = {
    run: ([command, ...words], input): Ended =>
      command === 'gcloud' ? gcloud.run(words, input) : { status: 0, stdout: '', stderr: '' },
    print: (line) => void printed.push(line),
    pause: async (seconds) => {
      paused.push(seconds);
      whilePaused();
    },
  };
  const changes = await execute(planDeployment(deployment), runner);
  return { changes, printed: printed.join('\n'), paused };
}
