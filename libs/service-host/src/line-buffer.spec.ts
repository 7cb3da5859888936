import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { LineBuffer } from './line-buffer.js';

function recorded() {
  const written: string[] = [];
  return { written, buffer: new LineBuffer({ write: (text) => void written.push(text) }) };
}

describe('LineBuffer', () => {
  it('writes the lines of one turn of the event loop together, in order', async () => {
    const { written, buffer } = recorded();
    buffer.write('a\n');
    buffer.write('b\n');
    expect(written).toEqual([]);
    await nextTurn();
    expect(written).toEqual(['a\nb\n']);
  });

  it('writes what many turns of a few milliseconds had to say together, and lets nothing wait for another line', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setImmediate', 'setTimeout'] });
    try {
      const { written, buffer } = recorded();
      for (const line of ['first\n', 'a\n', 'b\n', 'c\n']) {
        buffer.write(line);
        vi.advanceTimersByTime(1);
      }
      expect(written).toEqual(['first\n']);
      vi.advanceTimersByTime(10);
      expect(written).toEqual(['first\n', 'a\nb\nc\n']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('holds no more than a bounded number of characters', () => {
    const { written, buffer } = recorded();
    for (let index = 0; index < 100; index++) buffer.write('x'.repeat(1_000));
    expect(written.join('').length).toBeGreaterThan(30_000);
  });

  it('writes a fatal line of pino, and what came before it, at once', () => {
    const { written, buffer } = recorded();
    const logger = pino({}, buffer);
    logger.info('first');
    logger.fatal('last');
    expect(written.join('')).toMatch(/first[^]*last/);
  });
});
