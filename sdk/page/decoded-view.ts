import type { JsonObject } from '../src/diagnose/base64url.ts';
import type { Times } from '../src/diagnose/timestamps.ts';
import { printable } from '../src/diagnose/unprintable.ts';
import { element } from './element.ts';
import { type Language, strings } from './strings.ts';
import { inWords } from './time-words.ts';

/** Header and claims as decoded, the times also in words. */
export function viewDecoded(
  header: JsonObject | null,
  claims: JsonObject | null,
  times: Times,
  at: number,
  language: Language,
): HTMLElement[] {
  const text = strings[language];
  return [
    ...viewObject(text.header, header, language, () => null),
    ...viewObject(text.claims, claims, language, (name) => {
      const time = name === 'exp' || name === 'nbf' || name === 'iat' ? times[name] : undefined;
      if (time === undefined) return null;
      const { clock, distance } = inWords(time, at, language);
      return element('span', { class: 'words' }, `${clock} (${distance})`);
    }),
  ];
}

function viewObject(
  title: string,
  object: JsonObject | null,
  language: Language,
  explain: (name: string) => HTMLElement | null,
): HTMLElement[] {
  if (object === null) return [];
  const heading = element(
    'h2',
    {},
    `${title} `,
    element('span', { class: 'tag' }, strings[language].unverified),
  );
  const rows = Object.entries(object).flatMap(([name, value]) => [
    element('dt', {}, printable(name)),
    element('dd', {}, printable(toText(value)), explain(name)),
  ]);
  return [heading, element('dl', { class: 'facts' }, ...rows)];
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ');
  } catch {
    // Nested too deeply to be written.
    return '…';
  }
}
