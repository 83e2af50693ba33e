import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePolicy } from '../../functions/policy/parse-policy.ts';
import type { CompiledPolicy } from '../../functions/policy/policy.ts';
import {
  accountOf,
  type Deployment,
  httpFunction,
  type MonitoringFile,
  proberAccount,
} from './deployment.ts';
import { digestSources, functionSources, probeSources } from './source-digest.ts';
import { unknownProjectNumber } from './step.ts';

/** What an operator says. */
export interface DeployOptions {
  project: string | undefined;
  region: string | undefined;
  policy: string;
  selfSigning: boolean;
}

const root = new URL('../../', import.meta.url).pathname;
const monitoring = 'tools/deploy/monitoring';

/**
 * What is to be deployed, from the options, the policy and the files of this repository; its project number is yet
 * to be learned.
 * @throws TypeError where an option makes no sense; PolicyError with all the policy's mistakes
 */
export async function readDeployment(options: DeployOptions): Promise<Deployment> {
  const { project: projectId = '', region = '', policy: policyFile, selfSigning } = options;
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(projectId))
    throw new TypeError('--project is missing, or is no project ID.');
  if (!/^[a-z]+-[a-z]+\d+$/.test(region))
    throw new TypeError('--region is missing, or is no region such as europe-west1.');
  const policyText = readPolicy(policyFile).replaceAll('PROJECT_ID', projectId);
  const policy = await parsePolicy(policyText, accountOf(projectId, httpFunction));
  if (selfSigning && policy.signers.length !== 1) {
    throw new TypeError(
      `--self-signing takes a policy of one signer; this one has ${policy.signers.length}.`,
    );
  }
  const callers = [...policy.byMember.keys()].filter(
    (member) => !member.startsWith('topic:') && member !== proberMember(projectId),
  );
  return {
    projectId,
    projectNumber: unknownProjectNumber,
    region,
    policyFile,
    policyText,
    signers: policy.signers,
    kinds: policy.bindings.flatMap(({ kinds }) => kinds),
    chains: policy.bindings.flatMap(({ delegates, serviceAccounts }) =>
      delegates.flatMap((chain) => serviceAccounts.map((signer) => [...chain, signer])),
    ),
    callers,
    trial: trialOf(policy, callers),
    pushAccounts: [...policy.topicByPushAccount].map(([account, topic]) => [topic, account] as const),
    deliverTo: deliveriesOf(policy),
    probeAudience: audienceOf(policy, proberMember(projectId)),
    selfSigning,
    sourceDigests: {
      functions: digestSources(root, functionSources),
      probe: digestSources(root, probeSources),
    },
    metrics: readFolder('metrics'),
    alerts: readFolder('alerts'),
  };
}

function readPolicy(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TypeError(`--policy ${file} can not be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function proberMember(projectId: string): string {
  return `serviceAccount:${proberAccount(projectId)}`;
}

/** The first audience without a wildcard that a member's bindings allow a JWT for. */
function audienceOf({ byMember }: CompiledPolicy, member: string): string | undefined {
  return byMember
    .get(member)
    ?.filter(({ kinds }) => kinds.includes('jwt'))
    .flatMap(({ audiences }) => audiences.map(({ source }) => source))
    .find((source) => !source.includes('*'));
}

/** Of the callers only a service account can be stood in for. */
function trialOf(policy: CompiledPolicy, callers: readonly string[]): Deployment['trial'] {
  for (const member of callers) {
    const [kind, caller = ''] = member.split(':', 2);
    const audience = audienceOf(policy, member);
    if (kind === 'serviceAccount' && audience !== undefined) return { caller, audience };
  }
  return undefined;
}

/** A secret has one label, and so one binding: the first that delivers there. */
function deliveriesOf({ bindings }: CompiledPolicy): [resource: string, binding: string][] {
  const found = new Map<string, string>();
  for (const { id, deliverTo } of bindings) {
    for (const resource of deliverTo) if (!found.has(resource)) found.set(resource, id);
  }
  return [...found];
}

function readFolder(name: string): MonitoringFile[] {
  return readdirSync(join(root, monitoring, name))
    .sort()
    .map((entry) => {
      const file = `${monitoring}/${name}/${entry}`;
      return {
        id: entry.replace(/\.json$/, ''),
        file,
        config: JSON.parse(readFileSync(join(root, file), 'utf8')),
      };
    });
}
