import { type Finding, type FindingCode, type Localized, type Observation, stepOf } from './finding.ts';
import { claimTexts } from './texts/claims.ts';
import { foreignFormTexts } from './texts/foreign-form.ts';
import { generalTexts } from './texts/general.ts';
import { headerTexts } from './texts/header.ts';
import { keyTexts } from './texts/key.ts';
import { shapeTexts } from './texts/shape.ts';
import { signatureTexts } from './texts/signature.ts';
import type { TextTable } from './texts/text-table.ts';
import { profileTexts, timeTexts } from './texts/time-and-profile.ts';

const texts: TextTable<FindingCode> = {
  ...shapeTexts,
  ...foreignFormTexts,
  ...headerTexts,
  ...keyTexts,
  ...signatureTexts,
  ...claimTexts,
  ...timeTexts,
  ...profileTexts,
};

const repaired: Readonly<Partial<Record<FindingCode, Localized>>> = {
  bearer_prefix: {
    en: 'Taken off to look further; the steps after this one ran on the rest.',
    ja: 'これを取り除いて診断を続けました。以降は残りの部分についての結果です。',
  },
  url_encoded: {
    en: 'Decoded to look further; the steps after this one ran on the decoded token.',
    ja: 'デコードして診断を続けました。以降はデコード後のトークンについての結果です。',
  },
  surrounding_characters: {
    en: 'Removed to look further; the steps after this one ran on the rest.',
    ja: 'これらを除いて診断を続けました。以降は残りの部分についての結果です。',
  },
  base64_not_url_safe: {
    en: 'Converted to base64url to look further; the steps after this one ran on the converted token.',
    ja: 'base64url に直して診断を続けました。以降は変換後のトークンについての結果です。',
  },
};

/** Puts an observation into words. */
export function describeFinding(observation: Observation): Finding {
  const { code, claim, reason, because = null, actual = null, expected = null } = observation;
  const text = describe(observation);
  const note = observation.repaired === true ? repaired[code] : undefined;
  return {
    code,
    step: stepOf[code],
    because,
    actual,
    expected,
    ...text,
    ...(claim === undefined ? {} : { claim }),
    ...(reason === undefined ? {} : { reason }),
    ...(note === undefined ? {} : { repaired: note }),
  };
}

function describe({ code, reason, claim, actual, expected, values }: Observation) {
  const text = texts[code];
  const special = reason === undefined ? undefined : text.reasons?.[reason];
  const all = { claim: claim ?? '-', actual: actual ?? '-', expected: expected ?? '-', ...values };
  return {
    cause: fill(special?.cause ?? text.cause, all),
    remedy: fill(special?.remedy ?? text.remedy, all),
  };
}

function fill(text: Localized, values: Readonly<Record<string, string | number | Localized>>): Localized {
  const inLanguage = (language: keyof Localized) =>
    text[language].replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = values[name];
      if (value === undefined) return placeholder;
      return typeof value === 'object' ? value[language] : String(value);
    });
  return { en: inLanguage('en'), ja: inLanguage('ja') };
}

/** The text of a code where no token is at hand. */
export function describeCode(code: FindingCode): { cause: Localized; remedy: Localized } {
  const general = generalTexts[code];
  return { cause: general?.cause ?? texts[code].cause, remedy: general?.remedy ?? texts[code].remedy };
}
