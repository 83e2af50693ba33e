import type { Emulator } from '../../emulator/emulator.ts';
import {
  type RunningProcess,
  root,
  startProcess,
  untilServing,
} from '../../tools/local-cloud/child-process.ts';

/** The batch function under functions-framework, in a process of its own, for this local cloud. */
export function startBatchProcess(
  emulator: Emulator,
  port: number,
  policy = 'tools/policies/local.json',
): Promise<RunningProcess> {
  const url = `http://127.0.0.1:${port}`;
  return startProcess({
    name: 'The batch function',
    folder: root,
    args: [
      'node_modules/.bin/functions-framework',
      '--source=functions/index.ts',
      '--target=countersignBatch',
      `--port=${port}`,
    ],
    env: {
      ...emulator.env('countersign'),
      COUNTERSIGN_LOCAL: 'true',
      COUNTERSIGN_BATCH_URL: url,
      COUNTERSIGN_DEAD_LETTER_TOPIC: 'projects/countersign-local/topics/token-dead-letter',
      COUNTERSIGN_POLICY: policy,
      COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
      NODE_ENV: 'production',
    },
    isReady: () => untilServing(`${url}/health`),
    output: 'keep',
  });
}
