/** A step of `check` that fails: the message says what was found, `mend` what to do. */
export class CheckFault extends Error {
  readonly mend: string;
  /** Whether it may pass by itself, so that the step is undecided. */
  readonly passes: boolean;

  constructor(message: string, mend: string, passes = false) {
    super(message);
    this.name = 'CheckFault';
    this.mend = mend;
    this.passes = passes;
  }
}
