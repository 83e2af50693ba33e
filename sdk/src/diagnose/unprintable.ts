/** Controls, direction marks and invisible characters: they could rewrite what a terminal or a page shows. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with those characters spelled out as JSON, JavaScript, Python and Go have them; line breaks stay. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    if (character === '\n') return character;
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
