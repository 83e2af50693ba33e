import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PolicyError, parsePolicy } from '../../functions/policy/parse-policy.ts';
import { planDeployment } from './plan.ts';
import { render, type Step } from './step.ts';

const usage = `npm run deploy -- --project PROJECT --region REGION [--policy FILE] [--self-signing] [--yes]

Prints the gcloud commands that deploy Countersign, each with its reason; with --yes runs them.
  --policy FILE    the policy to deploy; PROJECT_ID in it stands for the project (default: tools/policies/example.json)
  --self-signing   the function runs as the policy's one signer, and signs as itself`;

/** `npm run deploy`: the plan needs no gcloud and no network; only --yes does anything. */
try {
  await main();
} catch (error) {
  console.error(error instanceof PolicyError || error instanceof TypeError ? error.message : error);
  console.error(`\n${usage}`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string' },
      region: { type: 'string' },
      policy: { type: 'string', default: 'tools/policies/example.json' },
      'self-signing': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    },
  });
  const { project, region, policy: policyFile, 'self-signing': selfSigning } = values;
  const runs = values.yes && !values['dry-run'];
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project ?? ''))
    throw new TypeError('--project is missing, or is no project ID.');
  if (!/^[a-z]+-[a-z]+\d+$/.test(region ?? ''))
    throw new TypeError('--region is missing, or is no region such as europe-west1.');
  const projectId = project ?? '';
  const text = readFileSync(policyFile, 'utf8').replaceAll('PROJECT_ID', projectId);
  const policy = await parsePolicy(text, `countersign@${projectId}.iam.gserviceaccount.com`);
  if (selfSigning && policy.signers.length !== 1) {
    throw new TypeError(
      `--self-signing takes a policy of one signer; this one has ${policy.signers.length}.`,
    );
  }
  const projectNumber = runs ? numberOf(projectId) : 'PROJECT_NUMBER';
  const steps = planDeployment({
    projectId,
    projectNumber,
    region: region ?? '',
    policyFile,
    signers: policy.signers,
    kinds: policy.bindings.flatMap(({ kinds }) => kinds),
    chains: policy.bindings.flatMap(({ delegates, serviceAccounts }) =>
      delegates.flatMap((chain) => serviceAccounts.map((signer) => [...chain, signer])),
    ),
    pushAccounts: [...policy.topicByPushAccount].map(([account, topic]) => [topic, account] as const),
    deliverTo: [...new Set(policy.bindings.flatMap(({ deliverTo }) => deliverTo))],
    selfSigning,
  });
  if (runs) for (const step of steps) run(step);
  else print(steps, projectId);
}

function print(steps: Step[], projectId: string): void {
  console.log(`# Nothing is run without --yes. PROJECT_NUMBER is what this prints:`);
  console.log(`# gcloud projects describe ${projectId} '--format=value(projectNumber)'\n`);
  for (const step of steps) console.log(render(step));
}

function numberOf(projectId: string): string {
  const args = ['projects', 'describe', projectId, '--format=value(projectNumber)'];
  return execFileSync('gcloud', args, { encoding: 'utf8' }).trim();
}

function run(step: Step): void {
  console.log(render(step));
  const [check, ...checkArgs] = step.unless ?? [];
  if (check !== undefined && spawnSync(check, checkArgs, { stdio: 'ignore' }).status === 0) return;
  const [command = '', ...args] = step.command;
  const input =
    step.input && readFileSync(step.input.file, 'utf8').replaceAll('PROJECT_ID', step.input.projectId);
  const { status } = spawnSync(command, args, {
    input,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'inherit', 'inherit'],
  });
  if (status !== 0)
    throw new TypeError(`The command above failed with status ${status}; mend its cause and run this again.`);
}
