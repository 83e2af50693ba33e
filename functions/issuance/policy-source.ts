import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { Problem } from '../contract/problem.ts';
import { PolicyError, parsePolicy } from '../policy/parse-policy.ts';
import type { LoadedPolicy, PolicySource } from './ports.ts';

export interface PolicySourceOptions {
  path: string;
  /** How long a good policy outlives a broken new one, in seconds. */
  maxStaleSeconds: number;
  /** E-mail of the account that the function runs as, which no binding may name; undefined while it is not known. Never rejects. */
  runtimeAccount: () => Promise<string | undefined>;
  /** Told of each policy that was loaded or could not be. */
  report: (outcome: { path: string; digest?: string; mistakes?: string }) => void;
  /** The time, a NumericDate. */
  now: () => number;
}

/** A mounted secret is fetched at each read: more often than this tells no operator anything sooner. */
const lookAgainSeconds = 5;
const retryAfterSeconds = 30;
/** A mounted secret is read over the network, which may hang. */
const maxWaitMilliseconds = 5_000;

/**
 * The policy file, looked at again when it is asked for and never by a timer, since between requests the function
 * may have no CPU. Whether it changed is told by its digest: a mounted secret need not change its time or size.
 * State: the good policy, the digest last read and what came of it, and since when the file is broken.
 */
export class FilePolicySource implements PolicySource {
  readonly #options: PolicySourceOptions;
  #good: LoadedPolicy | undefined;
  #digest = '';
  #isWhollyChecked = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #brokenSince: number | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: PolicySourceOptions) {
    this.#options = options;
  }

  async current(): Promise<LoadedPolicy> {
    if (this.#options.now() - this.#lookedAt >= lookAgainSeconds) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }
    // While a good policy is in force nobody waits for the look at the file; before the first, everybody does.
    if (this.#good === undefined)
      await Promise.race([this.#looking, setTimeout(maxWaitMilliseconds, undefined, { ref: false })]);
    return this.#inForce();
  }

  #inForce(): LoadedPolicy {
    const brokenSeconds = this.#options.now() - (this.#brokenSince ?? this.#options.now());
    if (this.#good !== undefined && brokenSeconds <= this.#options.maxStaleSeconds) return this.#good;
    throw new Problem(
      'policy_unavailable',
      'There is no valid policy; the log lists the mistakes in its file.',
      {
        retryAfterSeconds,
      },
    );
  }

  async #look(): Promise<void> {
    const { path, now, report, runtimeAccount } = this.#options;
    this.#lookedAt = now();
    const asking = runtimeAccount();
    try {
      const text = await readFile(path, 'utf8');
      const digest = hash('sha256', text, 'hex');
      if (digest === this.#digest && this.#isWhollyChecked) return;
      const runsAs = await asking;
      this.#digest = digest;
      this.#isWhollyChecked = runsAs !== undefined;
      const policy = await parsePolicy(text, runsAs);
      this.#brokenSince = undefined;
      if (digest === this.#good?.digest) return;
      this.#good = { policy, digest, loadedAt: now() };
      report({ path, digest });
    } catch (error) {
      // A file that could not be read is looked at anew, be it as it was before.
      if (!(error instanceof PolicyError)) this.#digest = '';
      this.#brokenSince ??= now();
      report({ path, mistakes: describe(error) });
    }
  }
}

function describe(error: unknown): string {
  if (error instanceof PolicyError) return error.message.slice(0, 4096);
  const { code, name } = error as NodeJS.ErrnoException;
  return `The file could not be read: ${code ?? name}`;
}
