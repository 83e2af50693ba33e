import { holdCells } from '../../support/faults/hold-cells.ts';
import { batchSites } from '../../support/faults/sites.ts';

// What is not acknowledged is pushed again, and then delivered: no result is lost.
holdCells(Object.keys(batchSites), (site, seen) => {
  if (seen.startsWith('204')) return seen.replace(/,[^,]*$/, '');
  return batchSites[site]?.deliverTo === 'nowhere'
    ? '204 dead letter invalid_request'
    : '204 delivered token token';
});
