import { type Times, type TimestampClaim, timestampClaims } from '../src/diagnose/timestamps.ts';
import { element, svgElement } from './element.ts';
import { type Language, strings } from './strings.ts';
import { inWords } from './time-words.ts';

/** Where the line starts and how long it is, in per cent of the width, so that labels keep their size. */
const left = 5;
const length = 90;
const axis = 44;

/** `iat`, `nbf`, `exp` and now on one line, with the time in which the token is valid as a bar. */
export function viewTimeline(times: Times, at: number, language: Language): HTMLElement[] {
  const known = timestampClaims.filter((claim) => times[claim] !== undefined);
  if (known.length === 0) return [];
  const moments = [...known.map((claim) => times[claim] ?? at), at];
  const first = Math.min(...moments);
  const span = Math.max(...moments) - first || 1;
  const toX = (time: number) => left + ((time - first) / span) * length;

  const start = times.nbf ?? times.iat;
  const drawing = svgElement(
    'svg',
    { class: 'timeline', 'aria-hidden': 'true' },
    svgElement('line', { class: 'axis', x1: '0', x2: '100%', y1: axis, y2: axis }),
    start === undefined || times.exp === undefined ? null : viewLife(toX(start), toX(times.exp)),
    ...known.flatMap((claim) => viewMark(claim, toX(times[claim] ?? at), claim === 'nbf')),
    ...viewMark(strings[language].now, toX(at), true, 'now'),
  );
  const rows = [...known, 'now' as const]
    .map((name) => ({ name, time: name === 'now' ? at : (times[name] ?? at) }))
    .sort((a, b) => a.time - b.time)
    .flatMap(({ name, time }) => describe(name, time, at, language));
  return [
    element('h2', {}, strings[language].timeline),
    element('div', {}, drawing),
    element('dl', { class: 'facts' }, ...rows),
  ];
}

function viewLife(from: number, to: number): SVGElement {
  const width = `${Math.max(Math.abs(to - from), 0.5)}%`;
  return svgElement('rect', {
    class: 'life',
    x: `${Math.min(from, to)}%`,
    y: axis - 5,
    width,
    height: 10,
    rx: 5,
  });
}

function viewMark(label: string, x: number, below: boolean, kind = 'mark'): SVGElement[] {
  const place = { x: `${x}%`, y: below ? axis + 32 : axis - 22, 'text-anchor': 'middle' };
  return [
    svgElement('line', { class: kind, x1: `${x}%`, x2: `${x}%`, y1: axis - 14, y2: axis + 14 }),
    svgElement('text', { class: kind, ...place }, label),
  ];
}

function describe(name: TimestampClaim | 'now', time: number, at: number, language: Language): HTMLElement[] {
  const label = name === 'now' ? strings[language].now : name;
  const { clock, distance } = inWords(time, at, language);
  const words = name === 'now' ? null : element('span', { class: 'words' }, distance);
  return [element('dt', {}, label), element('dd', {}, clock, words)];
}
