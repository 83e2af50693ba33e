import { holdCells } from '../../support/faults/hold-cells.ts';
import { httpSites } from '../../support/faults/sites.ts';

// Nothing that came of a fault is kept: once it is over, the same request succeeds.
holdCells(Object.keys(httpSites), () => '200');
