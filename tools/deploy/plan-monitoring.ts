import type { Deployment, MonitoringFile } from './deployment.ts';
import { includes, listOf, memberOf } from './found.ts';
import { gcloud, look, type Section, type Step } from './step.ts';

/** Log-based metrics from what the functions log, and the alerts on them. */
export function planMonitoring(deployment: Deployment): Section {
  const { projectId, metrics } = deployment;
  return {
    title: 'Metrics and alerts',
    steps: [
      ...metrics.map((metric) => keepMetric(projectId, metric)),
      ...alertsOf(deployment).map((alert) => keepAlert(projectId, alert)),
    ],
  };
}

/** The alerts on what is deployed: none on batches or a prober that the policy does not have. */
export function alertsOf({ alerts, pushAccounts, probeAudience }: Deployment): MonitoringFile[] {
  return alerts.filter(
    ({ id }) =>
      (pushAccounts.length > 0 || !id.startsWith('batch-')) &&
      (probeAudience !== undefined || !id.startsWith('probe-')),
  );
}

function keepMetric(projectId: string, { id, file, config }: MonitoringFile): Step {
  return {
    why: String(config.description),
    looks: [look(projectId, 'logging', 'metrics', 'describe', id)],
    mend: (found) => {
      if (includes(found, config)) return [];
      const change = found === undefined ? 'create' : 'update';
      return [{ words: gcloud(projectId, 'logging', 'metrics', change, id, `--config-from-file=${file}`) }];
    },
  };
}

/** An alert policy has a name that Google gives it: ours are known by a label. */
function keepAlert(projectId: string, { file, config }: MonitoringFile): Step {
  const { displayName, userLabels } = config;
  return {
    why: `The alert “${displayName}”; docs/operations.md says what to do.`,
    looks: [look(projectId, 'monitoring', 'policies', 'list')],
    mend: (found) => {
      const held = listOf(found).find((each) => includes(each, { userLabels }));
      if (includes(held, config)) return [];
      const from = `--policy-from-file=${file}`;
      if (held === undefined) return [{ words: gcloud(projectId, 'monitoring', 'policies', 'create', from) }];
      // These alone: the channels that an operator has attached stay.
      const fields = `--fields=${Object.keys(config).join(',')}`;
      const name = String(memberOf(held, 'name'));
      return [{ words: gcloud(projectId, 'monitoring', 'policies', 'update', name, from, fields) }];
    },
  };
}
