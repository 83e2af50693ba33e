/** The value at a path of members in what gcloud answered; undefined where there is none. */
export function memberOf(found: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    found,
  );
}

/** What gcloud answered as a list; an empty one where it is none. */
export function listOf(found: unknown): unknown[] {
  return Array.isArray(found) ? found : [];
}

/**
 * Whether all that is wanted is there. What Google adds by itself (names, times, channels that an operator attached)
 * does not count; lists must be equally long, and Google may keep them in an order of its own.
 */
export function includes(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(found) &&
      found.length === wanted.length &&
      wanted.every((each) => found.some((held) => includes(held, each)))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  return Object.entries(wanted).every(([name, value]) => includes(memberOf(found, name), value));
}
