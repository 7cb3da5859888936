import { Histogram, type HistogramConfiguration } from 'prom-client';

interface Told {
  /** The buckets in ascending order, the last of them "+Inf", then sum and count. */
  values: { value: number }[];
}

/** With what the registry asks, and `get` builds on; the types do not have it. */
const PromHistogram = Histogram as new (
  options: HistogramConfiguration<never>,
) => Histogram<never> & { getForPromString(): Promise<Told> };

/**
 * A histogram without labels that counts in plain numbers: prom-client's own makes a key of the labels and a text of the bound
 * at each observation, which every webhook and every delivery would pay for. What it tells when somebody asks is the same.
 */
export class DurationHistogram extends PromHistogram {
  private readonly bounds: readonly number[];
  /** By bound, and one more for what is above all of them. */
  private readonly counts: number[];
  private sum = 0;

  /** With `buckets` in seconds, ascending. */
  constructor(options: HistogramConfiguration<never> & { buckets: number[] }) {
    super(options);
    this.bounds = options.buckets;
    this.counts = Array.from({ length: options.buckets.length + 1 }, () => 0);
  }

  /** In place of `observe`. */
  add(seconds: number): void {
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && seconds > bounds[at]!) at += 1;
    counts[at]! += 1;
    this.sum += seconds;
  }

  override async getForPromString(): Promise<Told> {
    const told = await super.getForPromString();
    const upTo: number[] = [];
    for (const count of this.counts) upTo.push((upTo.at(-1) ?? 0) + count);
    const figures = [...upTo, this.sum, upTo.at(-1)!];
    told.values.forEach((value, at) => (value.value = figures[at]!));
    return told;
  }
}
