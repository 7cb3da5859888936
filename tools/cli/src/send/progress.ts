const FIRST_MS = 2_000;
const PLAIN_INTERVAL_MS = 5_000;
const TERMINAL_INTERVAL_MS = 200;

/** Says how far a long run is: on a terminal in one line that counts, elsewhere in a line now and then. */
export class Progress {
  private readonly started = performance.now();
  private lastAt = this.started + FIRST_MS - PLAIN_INTERVAL_MS;
  private isShown = false;

  constructor(
    private readonly total: number,
    private readonly out: NodeJS.WriteStream = process.stderr,
  ) {}

  update(done: number): void {
    const now = performance.now();
    const interval = this.out.isTTY && this.isShown ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS;
    if (now - this.lastAt < interval || done === this.total) return;
    this.lastAt = now;
    this.isShown = true;
    const line = `  ${done} of ${this.total} answered after ${((now - this.started) / 1000).toFixed(1)} s`;
    this.out.write(this.out.isTTY ? `\r${line} ` : `${line}\n`);
  }

  end(): void {
    if (this.isShown && this.out.isTTY) this.out.write('\r\x1b[K');
  }
}
