import {
  type RunningProcess,
  root,
  startProcess,
  untilServing,
} from '../../../tools/local-cloud/child-process.ts';
import type { LocalCloud } from '../../../tools/local-cloud/local-cloud.ts';

/** One more process of the function on the local cloud, serving at this port as a replica of the service at `url`. */
export function startReplica(cloud: LocalCloud, port: number, url: string): Promise<RunningProcess> {
  return startProcess({
    name: `The function at ${port}`,
    folder: root,
    args: [
      'node_modules/.bin/functions-framework',
      '--source=functions/index.ts',
      '--target=countersign',
      `--port=${port}`,
    ],
    env: {
      ...cloud.envOf('countersign'),
      COUNTERSIGN_LOCAL: 'true',
      COUNTERSIGN_URL: url,
      COUNTERSIGN_POLICY: 'tools/policies/local.json',
      COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
      NODE_ENV: 'production',
    },
    isReady: () => untilServing(`http://127.0.0.1:${port}/health`),
    output: () => undefined,
  });
}
