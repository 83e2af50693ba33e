/** The first value past any date in seconds that makes sense (year 5138); milliseconds are all beyond it. */
const firstMilliseconds = 100_000_000_000;

/** IAM signs at most 12 hours ahead (IAM Service Account Credentials API, signJwt, `payload`). */
export const maxLifetimeSeconds = 43_200;

/** How far a clock may be off: what this service and Google's verifiers allow, in seconds. */
export const clockToleranceSeconds = 60;

export function isNumericDate(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < firstMilliseconds;
}

/** How to mend a value that is no NumericDate in whole seconds (RFC 7519 section 2). */
export function numericDateHint(value: unknown): string {
  if (typeof value === 'number' && value >= firstMilliseconds) {
    return `This looks like milliseconds; divide by 1000: ${Math.floor(value / 1000)}.`;
  }
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return `Drop the fraction: ${Math.floor(value)}. In JavaScript Math.floor(Date.now() / 1000), in Python int(time.time()).`;
  }
  if (typeof value === 'number') return 'Count the seconds since 1970-01-01T00:00:00Z.';
  if (typeof value === 'string') return textHint(value);
  return 'Send the seconds since 1970-01-01T00:00:00Z as an integer.';
}

function textHint(text: string): string {
  if (/^\d+$/.test(text)) return `Send a number, not a string: ${text.slice(0, 20)} without the quotes.`;
  if (/^\d+\.\d+$/.test(text)) return `Send an integer, not a string: ${text.split('.')[0]?.slice(0, 20)}.`;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return 'Send the seconds since 1970-01-01T00:00:00Z as an integer.';
  return `Send the date as seconds since 1970-01-01T00:00:00Z: ${Math.floor(milliseconds / 1000)}.`;
}
