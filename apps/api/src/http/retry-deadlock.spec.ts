import { describe, expect, it } from 'vitest';
import { retryDeadlock } from './retry-deadlock.js';

const failing = (times: number, code: string) => {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries <= times) throw Object.assign(new Error('query failed'), { code });
    return tries;
  };
};

describe('a transaction that a deadlock ended', () => {
  it('is run again', async () => {
    expect(await retryDeadlock(failing(2, '40P01'))).toBe(3);
  });

  it('is given up where it goes on', async () => {
    await expect(retryDeadlock(failing(9, '40P01'))).rejects.toThrow('query failed');
  });

  it('of another kind is not', async () => {
    await expect(retryDeadlock(failing(1, '23505'))).rejects.toThrow('query failed');
  });
});
