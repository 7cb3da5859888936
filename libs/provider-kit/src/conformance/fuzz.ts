import fc from 'fast-check';
import { expect } from 'vitest';
import { CANARY } from './arbitrary-bodies.js';

/** Far above what any body may cost, also on a machine that is busy with other things: a hang, not a slow case. */
const HANG_MS = 10_000;

type Write = typeof process.stdout.write;

/** Everything that is printed until `restore`, instead of being printed. */
class Output {
  private text = '';
  private readonly streams = [process.stdout, process.stderr].map((stream) => ({
    stream,
    write: stream.write.bind(stream),
  }));
  private readonly console = { ...console };

  constructor() {
    const write: Write = (chunk: string | Uint8Array) => {
      this.text += chunk.toString();
      return true;
    };
    for (const { stream } of this.streams) stream.write = write;
    const log = (...parts: unknown[]): void => void write(parts.map(String).join(' '));
    Object.assign(console, { debug: log, log, info: log, warn: log, error: log });
  }

  /** What was printed since the last call. */
  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }

  restore(): void {
    for (const { stream, write } of this.streams) stream.write = write;
    Object.assign(console, this.console);
  }
}

/**
 * Checks any number of cases: none may hang, and none may print what it was given.
 * @param numRuns where nobody has configured another number (docs/testing.md)
 */
export function fuzz<T>(cases: fc.Arbitrary<T>, check: (value: T) => void, numRuns?: number): void {
  const output = new Output();
  try {
    fc.assert(
      fc.property(cases, (value) => {
        const from = performance.now();
        check(value);
        expect(performance.now() - from).toBeLessThan(HANG_MS);
        expect(output.take()).not.toContain(CANARY);
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? numRuns },
    );
  } finally {
    output.restore();
  }
}
