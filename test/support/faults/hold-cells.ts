import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cellName, cellsOf, expectedOf } from './matrix.ts';
import { type CellRun, runCells } from './run-cells.ts';

/** Runs every cell of these sites side by side, and holds each against the matrix in a test of its own. */
export function holdCells(
  sites: readonly string[],
  mendedAfter: (site: string, seen: string) => string,
): void {
  const cells = cellsOf(sites);
  let run: CellRun;

  beforeAll(async () => {
    run = await runCells(cells);
  }, 180_000);

  afterAll(() => {
    const outcomes = [...run.outcomes.values()];
    const count = (is: (outcome: (typeof outcomes)[number]) => boolean) => outcomes.filter(is).length;
    console.log(
      `faults: ${cells.length} cells, ${run.met} requests met one in ${(run.milliseconds / 1000).toFixed(1)} s; ` +
        `${count(({ seen }) => seen.startsWith('no answer'))} without an answer, ` +
        `${count(({ seen }) => seen.includes('internal'))} internal, ${count(({ leaked }) => leaked)} leaked`,
    );
  });

  describe.each(sites)('%s', (site) => {
    test.each(cellsOf([site]).map((cell) => ({ name: `${cell.fault}, ${cell.state}`, cell })))(
      '$name',
      ({ cell }) => {
        const seen = expectedOf(cell);
        const expected = { seen, mended: mendedAfter(site, seen), leaked: false };
        expect(run.outcomes.get(cellName(cell))).toEqual(expected);
      },
    );
  });
}
