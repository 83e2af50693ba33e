import { type Diagnosis, diagnose } from '../src/diagnose/diagnose.ts';
import type { Expectations } from '../src/diagnose/expectations.ts';
import { type ExplainedCause, explain } from '../src/diagnose/explain/explain.ts';
import { fetchJwks } from '../src/diagnose/keys/fetch-jwks.ts';
import { isServiceAccount } from '../src/diagnose/keys/google-keys.ts';
import { verificationSnippets } from '../src/diagnose/snippets.ts';
import { readTimes } from '../src/diagnose/timestamps.ts';
import { viewDecoded } from './decoded-view.ts';
import { byId, element } from './element.ts';
import { viewCauses, viewFindings } from './findings-view.ts';
import { clearForm, fillProfiles, readExpectations } from './form.ts';
import { isText, type Language, strings } from './strings.ts';
import { viewTimeline } from './timeline.ts';

/** What there is to show; kept so that a change of language shows the same in other words. */
interface Answer {
  diagnosis?: Diagnosis;
  causes?: ExplainedCause[];
  expectations?: Expectations;
  at: number;
  message?: 'waiting' | 'notRecognised' | 'wrongExpectation';
}

let language: Language = navigator.language.startsWith('ja') ? 'ja' : 'en';
let answer: Answer = { at: 0, message: 'waiting' };
let asked = 0;

const token = byId('token', HTMLTextAreaElement);
const keys = byId('keys', HTMLTextAreaElement);
const status = byId('keys-status', HTMLElement);

async function ask(): Promise<void> {
  const turn = ++asked;
  const next = await findAnswer(token.value, readExpectations());
  // An answer to an earlier question that comes late is dropped.
  if (turn !== asked) return;
  answer = next;
  show();
}

async function findAnswer(text: string, expectations: Expectations | null): Promise<Answer> {
  const at = expectations?.at ?? Math.floor(Date.now() / 1000);
  if (text.trim() === '') return { at, message: 'waiting' };
  if (expectations === null) return { at, message: 'wrongExpectation' };
  const diagnosis = await diagnose(text, { ...expectations, at });
  if (diagnosis.header !== null || diagnosis.claims !== null) return { at, diagnosis, expectations };
  const causes = explain(text);
  if (causes.length > 0) return { at, causes };
  // Words with blanks between them are an error text, even one that is not known; the rest is a broken token.
  return /\S\s+\S+\s+\S/.test(text) && !text.includes('eyJ')
    ? { at, message: 'notRecognised' }
    : { at, diagnosis, expectations };
}

function show(): void {
  const text = strings[language];
  const { diagnosis, causes, expectations, at, message } = answer;
  const verdict = byId('verdict', HTMLElement);
  verdict.dataset.verdict = diagnosis?.verdict ?? '';
  verdict.textContent =
    causes === undefined ? text[diagnosis?.verdict ?? message ?? 'waiting'] : text.recognised;
  replace('findings', [
    diagnosis === undefined ? null : viewFindings(diagnosis.findings, language),
    causes === undefined ? null : viewCauses(causes, language),
  ]);
  const { header = null, claims = null } = diagnosis ?? {};
  const { times } = readTimes(claims ?? {});
  replace('timeline', viewTimeline(times, at, language));
  replace('decoded', viewDecoded(header, claims, times, at, language));
  replace('snippets', diagnosis === undefined ? [] : viewSnippets(expectations ?? {}));
}

function viewSnippets(expectations: Expectations): HTMLElement[] {
  const shown = verificationSnippets(expectations).map(({ title, code }) =>
    element('details', {}, element('summary', {}, title), element('pre', { tabindex: '0' }, code)),
  );
  return [element('h2', {}, strings[language].snippets), ...shown];
}

function replace(id: string, children: readonly (Node | null)[]): void {
  byId(id, HTMLElement).replaceChildren(...children.filter((child) => child !== null));
}

function speak(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen;
  document.title = `${strings[chosen].title} - Countersign`;
  for (const place of document.querySelectorAll<HTMLElement>('[data-text]')) {
    const name = place.dataset.text;
    if (isText(name)) place.textContent = strings[chosen][name];
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === chosen));
  }
  status.textContent = '';
  fillProfiles(chosen);
  show();
}

/** Asks the server that this page came from, and no other, for the public keys of the token's issuer. */
async function fetchKeys(): Promise<void> {
  const issuer = answer.diagnosis?.claims?.iss;
  const path =
    typeof issuer === 'string' && isServiceAccount(issuer)
      ? `/v1/keys/${encodeURIComponent(issuer)}`
      : '/.well-known/jwks.json';
  try {
    keys.value = JSON.stringify(await fetchJwks(new URL(path, location.href)), null, 1);
    status.textContent = strings[language].fetchedKeys;
  } catch {
    status.textContent = strings[language].noKeys;
  }
  await ask();
}

const fetchButton = byId('fetch-keys', HTMLButtonElement);
fetchButton.hidden = !location.protocol.startsWith('http');
fetchButton.addEventListener('click', () => void fetchKeys());
byId('clear', HTMLButtonElement).addEventListener('click', () => {
  clearForm();
  status.textContent = '';
  token.focus();
  void ask();
});
byId('questions', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
byId('questions', HTMLFormElement).addEventListener('input', () => void ask());
for (const button of document.querySelectorAll<HTMLElement>('[data-language]')) {
  button.addEventListener('click', () => speak(button.dataset.language === 'ja' ? 'ja' : 'en'));
}
// Beside the answers there is room for what is expected; above them, on a phone, it would push them away.
byId('expectations', HTMLDetailsElement).open = matchMedia('(min-width: 56rem)').matches;
speak(language);
