import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawGrowth, slopeOf } from '../../bench/growth-chart.ts';
import { describeRun } from '../../bench/results.ts';
import { takeTurns } from '../../bench/rounds.ts';
import { compare, median, type Row, toTable } from '../../bench/row.ts';

const row = (ratio: number, goal: Row['goal']): Row => ({ row: 'r', peer: 'p', ratio, figures: 'f', goal });
const verdictsOf = (table: string) =>
  table
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ').at(-1)?.replace(' |', ''));

test('each row ends in its verdict, by its goal', () => {
  const rows = [
    row(1.5, ['at most', 1.5]),
    row(1.51, ['at most', 1.5]),
    row(15, ['at least', 15]),
    row(14.9, ['at least', 15]),
    row(Number.NaN, ['at most', 1]),
  ];
  expect(verdictsOf(toTable(rows))).toEqual(['holds', 'falls short', 'holds', 'falls short', 'falls short']);
});

test('a ratio is the median of the rounds’ own, and both sides are told with their spread', () => {
  const { ratio, figures } = compare('r', 'p', [3, 30, 20], [1, 1, 5], { unit: 'ns', goal: ['at most', 4] });
  expect(ratio).toBe(4);
  expect(figures).toBe('20 ns (3–30) to 1 ns (1–5)');
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('the contenders take turns, and the first rounds do not count', async () => {
  const order: string[] = [];
  const next = (name: string) => () => order.push(name);
  const figures = await takeTurns({ a: next('a'), b: next('b') }, { count: 2, warmUp: 1 });
  expect(order.join('')).toBe('ababab');
  expect(figures).toEqual({ a: [3, 5], b: [4, 6] });
});

test('a slope is 0 where a cost stays and 1 where it grows with the number', () => {
  const numbers = [1, 10, 100, 1_000, 10_000];
  expect(slopeOf(numbers.map((number) => [number, 7]))).toBeCloseTo(0);
  expect(slopeOf(numbers.map((number) => [number, 7 * number]))).toBeCloseTo(1);
  const chart = drawGrowth([{ name: 'n', limit: 1, points: numbers.map((number) => [number, 7 * number]) }]);
  expect(chart).toContain('slope 1.00');
  expect(chart).not.toContain('NaN');
});

test('a run is told with its date, its versions and its machine, and with no name or path of it', () => {
  const told = describeRun([row(1, ['at most', 1])], {
    date: new Date('2026-11-22T12:00:00Z'),
    seconds: 61,
    versions: ['jose 6.2.17'],
  });
  expect(told).toContain('2026-11-22');
  expect(told).toContain('jose 6.2.17');
  expect(told).toContain(`Node ${process.versions.node}`);
  expect(told).not.toMatch(/\/(tmp|home|work|root|usr)\//);
});

test('RESULTS.md is such a table, each row with a verdict', () => {
  const results = readFileSync('test/bench/RESULTS.md', 'utf8');
  const table = results.slice(results.indexOf('| row |'));
  expect(table.split('\n')[0]).toMatch(/\| verdict \|$/);
  const verdicts = verdictsOf(table.trim());
  expect(verdicts.length).toBeGreaterThan(35);
  expect(verdicts.filter((each) => each !== 'holds' && each !== 'falls short')).toEqual([]);
  expect(results.match(/\bholds\b|\bfalls short\b/g)).toHaveLength(verdicts.length);
});
