/** What one request took. State: when it began, and its calls to IAM so far, tries that failed among them. */
export class RequestMeter {
  readonly #begunAt = performance.now();
  #iamCalls = 0;
  #iamMilliseconds = 0;

  /** Counts one call to IAM, which took so long. */
  countIamCall(milliseconds: number): void {
    this.#iamCalls += 1;
    this.#iamMilliseconds += milliseconds;
  }

  /** As of now, in whole milliseconds. */
  read(): { latencyMilliseconds: number; iamCalls: number; iamMilliseconds: number } {
    return {
      latencyMilliseconds: Math.round(performance.now() - this.#begunAt),
      iamCalls: this.#iamCalls,
      iamMilliseconds: Math.round(this.#iamMilliseconds),
    };
  }
}
