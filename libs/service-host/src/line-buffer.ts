import type { DestinationStream } from 'pino';

/** Lines may be held for a moment, but not many of them. */
const MAX_CHARACTERS = 64 * 1024;

/** Between two writes under load. */
const MIN_INTERVAL_MS = 5;

/**
 * Writes the log lines of one turn of the event loop at once, and at most 200 times a second: a system call per line was a tenth
 * of the ingress' CPU time, one per turn a twentieth. A fatal line is written at once, and at exit whatever is left; SIGKILL
 * loses what the last five milliseconds had to say.
 */
export class LineBuffer implements DestinationStream {
  private lines = '';
  private scheduled = false;
  private writtenAt = -Infinity;
  private readonly flush = (): void => {
    this.scheduled = false;
    this.flushSync();
  };

  /** @param out writes synchronously */
  constructor(private readonly out: DestinationStream) {}

  write(line: string): void {
    this.lines += line;
    if (this.lines.length >= MAX_CHARACTERS) this.flushSync();
    else if (!this.scheduled) {
      this.scheduled = true;
      if (performance.now() - this.writtenAt < MIN_INTERVAL_MS) setTimeout(this.flush, MIN_INTERVAL_MS);
      else setImmediate(this.flush);
    }
  }

  /** pino calls it with each fatal line. */
  flushSync(): void {
    const { lines } = this;
    this.lines = '';
    if (lines === '') return;
    this.writtenAt = performance.now();
    this.out.write(lines);
  }
}
