import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { EndOfTurn } from './end-of-turn.js';

it('goes on with all of a turn in their order, and with what comes meanwhile in the next one', async () => {
  const seen: string[] = [];
  const turns = new EndOfTurn<string>((item) => {
    seen.push(item);
    if (item === 'first') turns.add('meanwhile');
  });
  turns.add('first');
  turns.add('second');
  await Promise.resolve();
  expect(seen).toEqual([]);
  await nextTurn();
  expect(seen).toEqual(['first', 'second']);
  await nextTurn();
  expect(seen).toEqual(['first', 'second', 'meanwhile']);
});
