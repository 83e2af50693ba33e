import { durationInWords, timeInWords } from '../src/diagnose/words.ts';
import { type Language, strings } from './strings.ts';

/** A NumericDate as UTC time, and how far it is from `at` in words. */
export function inWords(time: number, at: number, language: Language): { clock: string; distance: string } {
  const pattern = time > at ? strings[language].ahead : strings[language].ago;
  return {
    clock: timeInWords(time).replace('T', ' '),
    distance: pattern.replace('{duration}', durationInWords(time - at)[language]),
  };
}
