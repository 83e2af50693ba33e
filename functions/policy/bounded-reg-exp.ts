import { createContext, Script } from 'node:vm';

/** A pattern took longer on a text than any sensible one takes on 64 KiB. */
export class SlowPattern extends Error {
  override readonly name = 'SlowPattern';
}

const maxMilliseconds = 50;

interface Bounded {
  test: (text: string) => boolean;
  /** ajv tells one from another by it. */
  toString: () => string;
}

/**
 * A regular expression out of a policy, whose `test` ends: one that backtracks without end would hold up every caller
 * of the instance. `test` throws SlowPattern after 50 ms.
 */
export function boundedRegExp(pattern: string, flags: string): Bounded {
  const expression = new RegExp(pattern, flags);
  const context = createContext({ expression, text: '' });
  const script = new Script('expression.test(text)');
  return {
    toString: () => String(expression),
    test(text) {
      context.text = text;
      try {
        return script.runInContext(context, { timeout: maxMilliseconds });
      } catch {
        throw new SlowPattern('a pattern that takes too long');
      }
    },
  };
}
/** What ajv would write into generated code in its place; nothing here is generated. */
boundedRegExp.code = 'boundedRegExp';
