/** How emphasis looks: colours on a terminal, nothing elsewhere. */
export interface Styles {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  unsure(text: string): string;
}

export function stylesFor(terminal: boolean): Styles {
  const style = (start: number, end: number) => (text: string) =>
    terminal ? `\u001b[${start}m${text}\u001b[${end}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    good: style(32, 39),
    bad: style(31, 39),
    unsure: style(33, 39),
  };
}
