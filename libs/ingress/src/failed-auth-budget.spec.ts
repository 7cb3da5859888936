import { describe, expect, it } from 'vitest';
import { FailedAuthBudget } from './failed-auth-budget.js';

describe('FailedAuthBudget', () => {
  it('is per source, connection and minute', () => {
    let now = 0;
    const budget = new FailedAuthBudget(2, () => now);
    expect([1, 2, 3].map(() => budget.spend('10.0.0.1', 'con_1'))).toEqual([null, null, 60]);
    expect([budget.spend('10.0.0.2', 'con_1'), budget.spend('10.0.0.1', 'con_2')]).toEqual([null, null]);
    now = 45_000;
    expect(budget.spend('10.0.0.1', 'con_1')).toBe(15);
    now = 60_000;
    expect(budget.spend('10.0.0.1', 'con_1')).toBeNull();
  });

  it('forgets the oldest before it grows without bound', () => {
    const budget = new FailedAuthBudget(1, () => 0);
    budget.spend('first', 'con_1');
    for (let source = 0; source < 10_000; source++) budget.spend(String(source), 'con_1');
    expect([budget.spend('9999', 'con_1'), budget.spend('first', 'con_1')]).toEqual([60, null]);
  });
});
