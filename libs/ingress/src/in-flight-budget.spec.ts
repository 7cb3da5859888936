import { describe, expect, it } from 'vitest';
import { InFlightBudget } from './in-flight-budget.js';

describe('InFlightBudget', () => {
  it('grants up to its limit over all shares, and takes a share back once and as a whole', () => {
    const budget = new InFlightBudget(100);
    const [first, second] = [budget.open(), budget.open()];
    expect([first.grow(60), second.grow(41), second.grow(40), first.grow(1)]).toEqual([true, false, true, false]);
    expect(budget.bytes).toBe(100);
    first.release();
    first.release();
    expect(budget.bytes).toBe(40);
    expect(second.grow(60)).toBe(true);
  });
});
