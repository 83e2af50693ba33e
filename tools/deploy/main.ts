import { parseArgs } from 'node:util';
import { PolicyError } from '../../functions/policy/parse-policy.ts';
import { type Deployment, examplePolicy } from './deployment.ts';
import { DeployError, execute } from './execute.ts';
import { planDeployment } from './plan.ts';
import { readDeployment } from './read-deployment.ts';
import { learnProjectNumber, renderSections } from './render.ts';
import { renderByHand } from './render-by-hand.ts';
import { runner } from './runner.ts';
import { summarise } from './summary.ts';

const usage = `npm run --silent deploy -- --project PROJECT --region REGION [--policy FILE] [--self-signing] [--yes]

Prints the commands that deploy Countersign, each with its reason; with --policy and --yes runs those still to be run.
  --policy FILE    the policy to deploy; PROJECT_ID in it stands for the project (default, but not with --yes:
                   ${examplePolicy})
  --self-signing   the function runs as the policy's one signer, and signs as itself
  --dry-run        only prints, as without --yes`;

/** `npm run deploy`: the plan needs no gcloud and no network; only --yes does anything. */
try {
  await main();
} catch (error) {
  if (error instanceof DeployError) {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  } else {
    const isKnown = error instanceof PolicyError || error instanceof TypeError;
    console.error(isKnown ? error.message : error);
    console.error(`\n${usage}`);
    process.exitCode = 2;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string' },
      region: { type: 'string' },
      policy: { type: 'string' },
      'self-signing': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const isRun = values.yes && !values['dry-run'];
  if (isRun && values.policy === undefined) {
    throw new TypeError(
      `--yes takes --policy FILE: without it, ${examplePolicy} would be put into production.`,
    );
  }
  const deployment = await readDeployment({
    project: values.project,
    region: values.region,
    policy: values.policy ?? examplePolicy,
    selfSigning: values['self-signing'],
  });
  if (isRun) await deploy(deployment);
  else print(deployment);
}

function print(deployment: Deployment): void {
  const sections = planDeployment(deployment);
  const { projectId } = deployment;
  console.log(summarise(deployment, sections));
  console.log(`\nset -eu\n${learnProjectNumber(projectId)}\n\n`);
  console.log(`${renderSections(sections)}\n\n`);
  console.log(renderByHand(deployment));
}

async function deploy(known: Deployment): Promise<void> {
  const projectNumber = numberOf(known.projectId);
  const deployment = { ...known, projectNumber };
  const changes = await execute(planDeployment(deployment), runner);
  console.log(
    changes === 0 ? '\nEverything was as it is to be: nothing was changed.' : `\nDone: ${changes} commands.`,
  );
  console.log(`\n${renderByHand(deployment)}`);
}

function numberOf(projectId: string): string {
  const words = ['gcloud', 'projects', 'describe', projectId, '--format=value(projectNumber)', '--quiet'];
  const ended = runner.run(words);
  if (ended.status !== 0) throw new DeployError({ words }, ended);
  return ended.stdout.trim();
}
