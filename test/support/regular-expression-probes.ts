/** What an expression may fail on at the end, after it matched all the way. */
const endings = ['', '!', '\u0000', '\n'];
/** Members of the classes that expressions have, and joints between them. */
const common = [
  'a',
  'A',
  '0',
  ' ',
  '\n',
  '.',
  '-',
  '/',
  '"',
  '\\',
  '%',
  '_',
  '=',
  ',',
  ':',
  '{',
  '[',
  'é',
  '\u0001',
];
const joined = [
  'aA',
  'a.',
  'a-',
  '0.',
  '. ',
  ' a',
  '": "',
  "a'",
  'eyJ',
  'a,',
  '\n ',
  '+/=',
  '%20',
  'a@',
  'a/',
];

/**
 * Texts of this length on which a careless expression goes back again and again: what its classes match and the words
 * of its own source, repeated, behind its words and with something behind them that it does not match.
 */
export function buildProbes({ source }: RegExp, length: number): string[] {
  const repeat = (text: string) => text.repeat(Math.ceil(length / text.length)).slice(0, length);
  const plain = source.replaceAll(/\\(?=[^\w])/g, '');
  const words = [...new Set(plain.match(/[\w ]{2,}|[^\w\s]/g) ?? [])].slice(0, 24);
  const [head = ''] = /^[\w:/.'" @-]*/.exec(plain.replace(/^\^/, '')) ?? [];
  const pumps = [...new Set([...common, ...joined, ...words])];
  return pumps.flatMap((pump, index) => [
    repeat(pump) + endings[index % endings.length],
    `${head}${repeat(pump)}!`,
    `${words[index % Math.max(1, words.length)] ?? ''}${repeat(pump)}\u0000`,
  ]);
}

/** The probes on which the expression takes longer than this, however often it is tried. */
export function findSlow(expression: RegExp, probes: readonly string[], milliseconds: number): string[] {
  const time = (probe: string) => {
    const startedAt = performance.now();
    probe.replace(expression, '');
    return performance.now() - startedAt;
  };
  // A busy machine makes one try slow, and hardly three.
  return probes.filter((probe) => [1, 2, 3].every(() => time(probe) > milliseconds));
}
