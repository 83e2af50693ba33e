/** One cost over a number, and how steeply it may grow. */
export interface Line {
  name: string;
  limit: number;
  /** The number, and microseconds at it. */
  points: readonly (readonly [number: number, microseconds: number])[];
}

/** The steepness of the points in both logarithms, by least squares: 0 is flat, 1 grows with the number. */
export function slopeOf(points: Line['points']): number {
  const logs = points.map(([x, y]) => [Math.log10(x), Math.log10(y)] as const);
  const mean = (axis: 0 | 1) => logs.reduce((sum, point) => sum + point[axis], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const above = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return above / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

const width = 760;
const height = 420;
const plot = { left: 70, right: 470, top: 20, bottom: 370 };
const colours = ['#1b6ec2', '#c2571b', '#2a8a4a', '#8a3ab9'];
const numbers = [1, 10, 100, 1_000, 10_000];
/** Decades of microseconds: 10 ns to 1 s. */
const decades = [-2, -1, 0, 1, 2, 3, 4, 5, 6];
const decadeNames = ['10 ns', '100 ns', '1 µs', '10 µs', '100 µs', '1 ms', '10 ms', '100 ms', '1 s'];

/** The lines as an SVG of two logarithmic axes, each with its slope beside it. */
export function drawGrowth(lines: readonly Line[]): string {
  const grid = [
    ...numbers.map((number) => {
      const x = xOf(number);
      return `${stroke(x, plot.top, x, plot.bottom)}${text(x, plot.bottom + 20, number.toLocaleString('en'), 'middle')}`;
    }),
    ...decades.map((decade, index) => {
      const y = yOf(10 ** decade);
      return `${stroke(plot.left, y, plot.right, y)}${text(plot.left - 8, y + 4, decadeNames[index] ?? '', 'end')}`;
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>Cost against number, measured by npm run bench</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${grid.join('\n')}
${lines.map(drawLine).join('\n')}
${text((plot.left + plot.right) / 2, height - 10, 'number', 'middle')}
</svg>
`;
}

function drawLine({ name, points }: Line, index: number): string {
  const colour = colours[index % colours.length];
  const path = points.map(([number, cost]) => `${xOf(number)},${yOf(cost)}`);
  const dots = path.map((point) => {
    const [x, y] = point.split(',');
    return `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`;
  });
  const y = plot.top + 20 + index * 40;
  const slope = slopeOf(points).toFixed(2);
  return [
    `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...dots,
    `<rect x="${plot.right + 20}" y="${y - 9}" width="10" height="10" fill="${colour}"/>`,
    text(plot.right + 36, y, name, 'start'),
    text(plot.right + 36, y + 15, `slope ${slope}`, 'start'),
  ].join('');
}

function xOf(number: number): number {
  return Math.round(plot.left + (Math.log10(number) / 4) * (plot.right - plot.left));
}

function yOf(microseconds: number): number {
  const part = (Math.log10(microseconds) + 2) / 8;
  return Math.round(plot.bottom - part * (plot.bottom - plot.top));
}

function stroke(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#dddddd"/>`;
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#333333">${words}</text>`;
}
