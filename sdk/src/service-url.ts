/** A variable of the process; undefined on a runtime without them. */
export function environment(name: string): string | undefined {
  return globalThis.process?.env[name];
}

/** Whether tokens may be sent there: https, or http on this machine alone. */
export function isSafeForTokens({ protocol, hostname }: URL): boolean {
  return /^https:|^http:(localhost|127\.[\d.]+|\[::1])$/.test(protocol + hostname);
}

/** The service's URL without its final slash. Throws a TypeError where it is missing, or not safe for tokens. */
export function parseServiceUrl(given: string | URL | undefined): string {
  const url = URL.parse(given ?? environment('COUNTERSIGN_URL') ?? '');
  if (!url || !isSafeForTokens(url) || url.href !== url.origin + url.pathname) {
    throw new TypeError('url or COUNTERSIGN_URL must be an https URL, or http on loopback');
  }
  return url.href.replace(/\/$/, '');
}
