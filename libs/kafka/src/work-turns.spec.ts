import { describe, expect, it } from 'vitest';
import { WorkTurns } from './work-turns.js';

async function begun(turns: WorkTurns, keys: string[]): Promise<string[]> {
  const seen: string[] = [];
  for (const key of keys) void turns.begin(key).then(() => seen.push(key));
  await Promise.resolve();
  await Promise.resolve();
  return seen;
}

describe('turns', () => {
  it('are as many at once as the limit says, and go on in order of arrival', async () => {
    const turns = new WorkTurns(2);
    const seen = await begun(turns, ['a', 'b', 'c', 'd']);
    expect(seen).toEqual(['a', 'b']);
    turns.end('b');
    await Promise.resolve();
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('are one at a time for a key, and another key does not wait for it', async () => {
    const turns = new WorkTurns(2);
    const seen = await begun(turns, ['a', 'a', 'b']);
    expect(seen).toEqual(['a', 'b']);
    turns.end('a');
    await Promise.resolve();
    expect(seen).toEqual(['a', 'b', 'a']);
  });
});
