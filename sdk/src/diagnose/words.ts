import type { Localized } from './finding.ts';

const units = [
  { seconds: 31_557_600, en: 'year', ja: '年' },
  { seconds: 86_400, en: 'day', ja: '日' },
  { seconds: 3_600, en: 'hour', ja: '時間' },
  { seconds: 60, en: 'minute', ja: '分' },
  { seconds: 1, en: 'second', ja: '秒' },
] as const;

/** A span of time in words, its two largest units: "2 hours 5 minutes", 「2時間5分」. */
export function durationInWords(seconds: number): Localized {
  let rest = Math.round(Math.abs(seconds));
  const parts: { count: number; unit: (typeof units)[number] }[] = [];
  for (const unit of units) {
    const count = Math.floor(rest / unit.seconds);
    if (count > 0) parts.push({ count, unit });
    rest -= count * unit.seconds;
  }
  if (parts.length === 0) return { en: '0 seconds', ja: '0秒' };
  const shown = parts.slice(0, 2);
  return {
    en: shown.map(({ count, unit }) => `${count} ${unit.en}${count === 1 ? '' : 's'}`).join(' '),
    ja: shown.map(({ count, unit }) => `${count}${unit.ja}`).join(''),
  };
}

/** A NumericDate as UTC time to the second, or as it stands where no calendar reaches. */
export function timeInWords(numericDate: number): string {
  const milliseconds = numericDate * 1000;
  if (!(Math.abs(milliseconds) <= 8.64e15)) return String(numericDate);
  return `${new Date(milliseconds).toISOString().slice(0, -5)}Z`;
}
