import { SigningKey } from './signing-key.ts';

/** "Google will publish a key at least 6 hours before it is first used for signing" (iam.proto). */
const publishedBeforeUseSeconds = 6 * 3600;

/**
 * "Usage of the new key will gradually ramp up and down" (iam.proto): for this long both keys sign in turn.
 * How long Google takes is not documented.
 */
const rampSeconds = 3600;

const daySeconds = 24 * 3600;

export interface Rotation {
  readonly kid: string;
  readonly signsFrom: number;
}

/**
 * The keys of one issuer: always one that signs and one that is published ahead of its use; those that signed
 * lately stay published. Its state is the list of keys, oldest first, which the clock makes longer.
 */
export class KeyRing {
  readonly #keys: SigningKey[];
  #turn = 0;
  #seenAt: number;

  constructor(now: number) {
    const current = new SigningKey({ publishedAt: now - 14 * daySeconds, signsFrom: now - 7 * daySeconds });
    this.#keys = [current, successor(current)];
    this.#seenAt = now;
  }

  /** Begins to make the keys that the first answers need, without waiting for them. */
  warm(): void {
    for (const key of this.#keys) void key.pair();
  }

  /** The key that signs now; while one takes over from another, first the new one and then each in turn. */
  signingKey(now: number): SigningKey {
    this.#settle(now);
    const signing = this.#keys.filter((key) => key.signsFrom <= now && now < key.signsUntil);
    this.#turn = signing.length > 1 ? this.#turn + 1 : 0;
    return signing.at(-1 - (Math.max(0, this.#turn - 1) % signing.length)) as SigningKey;
  }

  /** What the public key endpoints show now. */
  publishedKeys(now: number): SigningKey[] {
    this.#settle(now);
    return this.#keys.filter((key) => key.publishedAt <= now && now < key.removedAt);
  }

  /**
   * Lets the published successor take over: at once when it has been published for 6 hours, else as soon as it
   * has. `immediate` breaks that promise, which Google never does, for tests of verifiers that must look again.
   */
  rotate(now: number, { immediate = false } = {}): Rotation {
    this.#settle(now);
    const next = this.#keys.find((key) => key.signsFrom > now) ?? this.#last();
    const takeover = immediate ? now : Math.max(now, next.publishedAt + publishedBeforeUseSeconds);
    const retiresAt = takeover + (immediate ? 0 : rampSeconds);
    for (const key of this.#keys.slice(0, this.#keys.indexOf(next))) {
      key.signsUntil = Math.min(key.signsUntil, retiresAt);
    }
    next.signsFrom = takeover;
    this.#settle(now);
    return { kid: next.kid, signsFrom: takeover };
  }

  /**
   * Keeps one key published ahead of its use, whatever the clock was set to. A clock that was put back takes the
   * keys with it, so that the same ones are published and sign as before.
   */
  #settle(now: number): void {
    if (now < this.#seenAt) for (const key of this.#keys) shift(key, now - this.#seenAt);
    this.#seenAt = now;
    if (now >= this.#last().signsUntil) {
      this.#keys.push(new SigningKey({ publishedAt: now - publishedBeforeUseSeconds, signsFrom: now }));
    }
    while (this.#last().signsFrom <= now) this.#keys.push(successor(this.#last()));
  }

  #last(): SigningKey {
    return this.#keys.at(-1) as SigningKey;
  }
}

function shift(key: SigningKey, seconds: number): void {
  key.publishedAt += seconds;
  key.signsFrom += seconds;
  key.signsUntil += seconds;
}

/** Published from when its predecessor begins to sign, used from when that one's two weeks are nearly over. */
function successor(key: SigningKey): SigningKey {
  return new SigningKey({ publishedAt: key.signsFrom, signsFrom: key.signsUntil - rampSeconds });
}
