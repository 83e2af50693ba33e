/** One line of the bench's table: ours against a named peer or limit, measured in the same run. */
export interface Row {
  /** What is measured. */
  row: string;
  /** What it is measured against. */
  peer: string;
  /** Ours divided by the peer's, or where the row says so a figure of ours in `unit`. */
  ratio: number;
  /** Of a figure that is no ratio, such as `ms`. */
  unit?: string;
  /** The figures that the ratio comes from, and their spread. */
  figures: string;
  /** `at most` or `at least` this much. */
  goal: ['at most' | 'at least', number];
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The first over the second, pair by pair: the median of the rounds' ratios, on which a slow spell of the machine falls twice. */
export function ratioOfRounds(first: readonly number[], second: readonly number[]): number {
  return median(first.map((value, round) => value / (second[round] ?? Number.NaN)));
}

/** Median and spread of the values, in words. */
export function describe(name: string, values: readonly number[], unit: string): string {
  const middle = median(values);
  const digits = values.every(Number.isInteger) || middle >= 100 ? 0 : middle < 10 ? 2 : 1;
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return [name, middle.toFixed(digits), unit, `(${low}–${high})`].filter((word) => word !== '').join(' ');
}

/** A row of the first measurements over the second, round by round, both in `unit`. */
export function compare(
  what: string,
  peer: string,
  first: readonly number[],
  second: readonly number[],
  { unit, goal }: { unit: string; goal: Row['goal'] },
): Row {
  const figures = `${describe('', first, unit)} to ${describe('', second, unit)}`;
  return { row: what, peer, ratio: ratioOfRounds(first, second), figures, goal };
}

/** The rows as one Markdown table, whose last column says whether each goal is met. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map(({ row, peer, ratio, unit, figures, goal: [bound, limit] }) => {
    const isMet = bound === 'at most' ? ratio <= limit : ratio >= limit;
    const suffix = unit === undefined ? '' : ` ${unit}`;
    const verdict = isMet ? 'holds' : 'falls short';
    return [row, peer, `${format(ratio)}${suffix}`, `${bound} ${limit}${suffix}`, figures, verdict];
  });
  const lines = [['row', 'peer', 'ratio', 'goal', 'figures', 'verdict'], Array(6).fill('---'), ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Enough digits to see on which side of its goal a figure is. */
function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}
