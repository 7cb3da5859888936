import type { Cli } from './command.js';

const FIRST_AFTER_MS = 2_000;
const INTERVAL_MS = 5_000;

/** Says every few seconds how far a long run is, how fast, and for how long it still goes on. */
export class Progress {
  private readonly beganAt = performance.now();
  private saidAt = this.beganAt + FIRST_AFTER_MS - INTERVAL_MS;
  private done = 0;

  /** @param unit for example "claims" */
  constructor(
    private readonly cli: Pick<Cli, 'say'>,
    private readonly unit: string,
    private readonly total: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  add(count: number): void {
    this.done += count;
    const now = this.now();
    if (now - this.saidAt < INTERVAL_MS) return;
    this.saidAt = now;
    this.cli.say(this.line(now));
  }

  /** Units per second so far. */
  get rate(): number {
    return this.done / Math.max((this.now() - this.beganAt) / 1_000, 0.001);
  }

  private line(now: number): string {
    // What grows while we count makes the total too small.
    const total = Math.max(this.total, this.done);
    const share = total === 0 ? 100 : Math.floor((this.done / total) * 100);
    const perSecond = this.done / Math.max((now - this.beganAt) / 1_000, 0.001);
    const left = perSecond === 0 ? '?' : duration((total - this.done) / perSecond);
    return `  ${this.done} of ${total} ${this.unit} (${share} %), ${Math.round(perSecond)}/s, ${left} left`;
  }
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
