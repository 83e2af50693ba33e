import { expect, test } from 'vitest';
import { cellsOf, expectedOf, matrixSites } from '../support/faults/matrix.ts';
import { batchSites, httpSites } from '../support/faults/sites.ts';

test('the matrix has every site that is tested and no other, and one outcome of each cell', () => {
  const sites = [...Object.keys(httpSites), ...Object.keys(batchSites)];
  expect(Object.keys(matrixSites)).toEqual(sites);
  expect(cellsOf(sites).map(expectedOf)).not.toContain(undefined);
});

test('no cell comes to an internal error, nor to a token where it needed what failed', () => {
  for (const cell of cellsOf(Object.keys(httpSites))) {
    const seen = expectedOf(cell);
    expect(seen).not.toContain('internal');
    if (seen.startsWith('200')) expect(seen).toContain('not asked');
  }
});
