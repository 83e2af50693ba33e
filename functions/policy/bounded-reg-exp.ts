import { createContext, Script } from 'node:vm';

/** A pattern took longer on a text than any sensible one takes on 64 KiB. */
export class SlowPattern extends Error {
  override readonly name = 'SlowPattern';
}

const maxMilliseconds = 50;
const maxTries = 2;

interface Bounded {
  test: (text: string) => boolean;
  /** ajv tells one from another by it. */
  toString: () => string;
}

/**
 * A regular expression out of a policy, whose `test` ends: one that backtracks without end would hold up every caller
 * of the instance. `test` throws SlowPattern where it took 50 ms twice.
 */
export function boundedRegExp(pattern: string, flags: string): Bounded {
  const expression = new RegExp(pattern, flags);
  const context = createContext({ expression, text: '' });
  const script = new Script('expression.test(text)');
  return {
    toString: () => String(expression),
    test(text) {
      context.text = text;
      for (let tries = 1; tries <= maxTries; tries += 1) {
        try {
          return script.runInContext(context, { timeout: maxMilliseconds });
        } catch {
          // The limit counts time that the process did not run, too: the next try tells.
        }
      }
      throw new SlowPattern('a pattern that takes too long');
    },
  };
}
/** What ajv would write into generated code in its place; nothing here is generated. */
boundedRegExp.code = 'boundedRegExp';
