import type { Expectations } from '../src/diagnose/expectations.ts';
import { profiles } from '../src/generated/profiles.ts';
import { byId, element } from './element.ts';
import { type Language, strings } from './strings.ts';

const field = (id: string) => byId(id, HTMLInputElement);

/** The expectations as they stand in the form, or null where a number is none. */
export function readExpectations(): Expectations | null {
  const clockToleranceSeconds = readNumber('tolerance');
  const at = readNumber('at');
  if (clockToleranceSeconds === null || at === null) return null;
  const keys = byId('keys', HTMLTextAreaElement).value.trim();
  const profile = byId('profile', HTMLSelectElement).value;
  return {
    ...(keys === '' ? {} : { key: keys }),
    issuer: readList('issuer'),
    audience: readList('audience'),
    algorithms: readList('algorithms'),
    subject: field('subject').value.trim() || undefined,
    clockToleranceSeconds,
    at,
    profile: profile === '' ? undefined : (profile as NonNullable<Expectations['profile']>),
  };
}

function readList(id: string): string[] {
  return field(id)
    .value.split(/[\s,]+/)
    .filter((value) => value !== '');
}

function readNumber(id: string): number | undefined | null {
  const text = field(id).value.trim();
  if (text === '') return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Fills the choice of profiles; their names are Google's and stay as they are. */
export function fillProfiles(language: Language): void {
  const select = byId('profile', HTMLSelectElement);
  const chosen = select.value;
  const named = Object.entries(profiles).filter(([name]) => name !== 'generic');
  select.replaceChildren(
    element('option', { value: '' }, strings[language].anyProfile),
    ...named.map(([name, { title }]) => element('option', { value: name }, title)),
  );
  select.value = chosen;
}

export function clearForm(): void {
  byId('questions', HTMLFormElement).reset();
}
