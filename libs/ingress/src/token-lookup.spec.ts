import { describe, expect, it } from 'vitest';
import type { TokenEntry } from './load-connections.js';
import { LookupUnavailableError, TokenLookup } from './token-lookup.js';

const entry = (hash: string): TokenEntry => ({ hash, connection: 'con_1', notAfter: null, config: null });

describe('TokenLookup', () => {
  it('asks once for all that wait, one query at a time', async () => {
    const queries: (readonly string[])[] = [];
    let running = 0;
    const loadByHashes = async (hashes: readonly string[]): Promise<TokenEntry[]> => {
      queries.push(hashes);
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return hashes.includes('known') ? [entry('known')] : [];
    };
    const lookup = new TokenLookup({ loadByHashes });
    const names = ['a', 'b', 'known', 'known', ...Array.from({ length: 100 }, (_, index) => `x${index}`)];
    const found = await Promise.all(names.map((name) => lookup.find(name)));
    expect(found.filter((value) => value !== null)).toHaveLength(2);
    expect(queries).toHaveLength(2);
  });

  it('says that it cannot tell when PostgreSQL fails, and asks again next time', async () => {
    let down = true;
    const loadByHashes = (hashes: readonly string[]): Promise<TokenEntry[]> =>
      down ? Promise.reject(new Error('down')) : Promise.resolve(hashes.map(entry));
    const lookup = new TokenLookup({ loadByHashes });
    await expect(lookup.find('a')).rejects.toBeInstanceOf(LookupUnavailableError);
    down = false;
    await expect(lookup.find('a')).resolves.toMatchObject({ hash: 'a' });
  });

  it('does not wait for a database that hangs, nor let waiters pile up', async () => {
    const lookup = new TokenLookup(
      { loadByHashes: () => new Promise(() => undefined) },
      { deadlineMs: 20, maxWaiting: 2 },
    );
    const waiting = [lookup.find('a'), lookup.find('b')].map((find) => find.catch((error: unknown) => error));
    await expect(lookup.find('c')).rejects.toThrow('too many');
    expect(await Promise.all(waiting)).toEqual([
      expect.any(LookupUnavailableError),
      expect.any(LookupUnavailableError),
    ]);
  });
});
