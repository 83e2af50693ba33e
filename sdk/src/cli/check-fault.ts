import type { Localized } from '../diagnose/finding.ts';

/** A step of `check` that fails: what was found, and what to do. The message is what was found, in English. */
export class CheckFault extends Error {
  readonly found: Localized;
  readonly mend: Localized;
  /** Whether it may pass by itself, so that the step is undecided. */
  readonly passes: boolean;

  constructor(found: Localized, mend: Localized, passes = false) {
    super(found.en);
    this.name = 'CheckFault';
    this.found = found;
    this.mend = mend;
    this.passes = passes;
  }
}
