import { batchRows } from './batch.ts';
import { cachedTokenRows } from './cached-token.ts';
import { coldStartRows } from './cold-start.ts';
import { decisionRows } from './decision.ts';
import { diagnoseRows } from './diagnose.ts';
import { emulatorSign } from './emulator-sign.ts';
import { toTable } from './row.ts';

/** `npm run bench`: ours, the peers and the limits side by side in one run, as one table. */
const rows = [
  ...(await cachedTokenRows()),
  ...(await coldStartRows()),
  ...(await decisionRows()),
  ...(await batchRows()),
  await emulatorSign(),
  ...(await diagnoseRows()),
];
console.log(toTable(rows));
