import { createHistogram } from 'node:perf_hooks';

/** How long answers took. State: a histogram, which takes as much memory however many there are. */
export class Latencies {
  readonly #histogram = createHistogram({ lowest: 1, highest: 120_000_000_000, figures: 3 });

  add(milliseconds: number): void {
    this.#histogram.record(Math.max(1, Math.round(milliseconds * 1e6)));
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** In milliseconds; 0 where there were none. */
  percentile(percent: number): number {
    return this.count === 0 ? 0 : this.#histogram.percentile(percent) / 1e6;
  }

  get max(): number {
    return this.count === 0 ? 0 : this.#histogram.max / 1e6;
  }

  toString(): string {
    const [p50, p99, max] = [this.percentile(50), this.percentile(99), this.max];
    return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${max.toFixed(0)} ms`;
  }
}
