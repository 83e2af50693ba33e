import { randomBytes } from 'node:crypto';

export interface AccessToken {
  readonly token: string;
  readonly email: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** Beyond this many the oldest are forgotten, so that a long run does not fill the memory. */
const maxTokens = 10_000;

/**
 * The access tokens that this emulator issued, the only ones that it believes. Expired ones are remembered, so
 * that they can be told from foreign ones.
 */
export class AccessTokens {
  readonly #tokens = new Map<string, AccessToken>();

  issue(grant: Omit<AccessToken, 'token'>): AccessToken {
    const token = `ya29.emulator-${randomBytes(48).toString('base64url')}`;
    const issued = { ...grant, token };
    this.#tokens.set(token, issued);
    if (this.#tokens.size > maxTokens) {
      for (const oldest of this.#tokens.keys()) {
        this.#tokens.delete(oldest);
        break;
      }
    }
    return issued;
  }

  find(token: string): AccessToken | undefined {
    return this.#tokens.get(token);
  }
}
