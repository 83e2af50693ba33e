import { invalidArgument } from './api-error.ts';

/**
 * Reads a google.protobuf.Duration of JSON: seconds with at most nine fractional digits and a final `s`. Throws
 * INVALID_ARGUMENT that names the field.
 */
export function parseDuration(field: string, text: string): number {
  const seconds = /^(-?\d{1,12}(?:\.\d{1,9})?)s$/.exec(text)?.[1];
  if (seconds === undefined) {
    const shown = JSON.stringify(text.slice(0, 64));
    throw invalidArgument(
      `Invalid value at '${field}' (type.googleapis.com/google.protobuf.Duration), ${shown}`,
    );
  }
  return Number(seconds);
}
