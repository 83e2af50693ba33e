/** What no cache of tokens can do with less: one Map hit and an expiry check. */
export class TokenLimit {
  readonly tokens = new Map<string, { token: string; expiresAt: number }>();

  read(aud: string): string {
    const entry = this.tokens.get(aud);
    if (entry !== undefined && Date.now() < entry.expiresAt) return entry.token;
    throw new Error('expired');
  }

  async get(aud: string): Promise<string> {
    return this.read(aud);
  }
}
