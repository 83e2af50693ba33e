/** One line of the bench's table: ours against a named peer or limit, measured in the same run. */
export interface Row {
  /** What is measured. */
  row: string;
  /** What it is measured against. */
  peer: string;
  /** Ours divided by the peer's, medians. */
  ratio: number;
  /** The figures that the ratio comes from, and their spread. */
  figures: string;
  /** `at most` or `at least` this ratio. */
  goal: ['at most' | 'at least', number];
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median and spread of the values, in words. */
export function describe(name: string, values: readonly number[], unit: string): string {
  const digits = median(values) < 10 ? 2 : 0;
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `${name} ${median(values).toFixed(digits)} ${unit} (${low}–${high})`;
}

/** The rows as one Markdown table, whose last column says whether each goal is met. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map(({ row, peer, ratio, figures, goal: [bound, limit] }) => {
    const isMet = bound === 'at most' ? ratio <= limit : ratio >= limit;
    return [row, peer, ratio.toFixed(2), `${bound} ${limit}`, figures, isMet ? 'holds' : 'falls short'];
  });
  const lines = [['row', 'peer', 'ratio', 'goal', 'figures', 'verdict'], Array(6).fill('---'), ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}
