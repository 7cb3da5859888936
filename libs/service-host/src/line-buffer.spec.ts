import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
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

  it('writes what many turns had to say together, and lets nothing wait for another line', async () => {
    const { written, buffer } = recorded();
    buffer.write('first\n');
    await nextTurn();
    const lines = Array.from({ length: 20 }, (_, index) => `${index}\n`);
    for (const line of lines) {
      buffer.write(line);
      await nextTurn();
    }
    await expect.poll(() => written.join('')).toBe(`first\n${lines.join('')}`);
    expect(written.length).toBeLessThan(lines.length);
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
