import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Settlement } from './settlement.js';
import { Settler } from './settler.js';

const OUTCOME = {} as Settlement;
/** Longer than the outcomes of one moment are gathered, shorter than those wait that nobody waits for. */
const A_MOMENT_MS = 5;
const LONG_MS = 50;

let batches: number[];
let settler: Settler;

beforeEach(() => {
  vi.useFakeTimers();
  batches = [];
  const store = { settle: async (settlements: readonly Settlement[]) => void batches.push(settlements.length) };
  const onFailure = (error: unknown) => {
    throw error;
  };
  settler = new Settler(store, { onFailure, onStored: () => undefined });
});
afterEach(() => vi.useRealTimers());

const add = (isAwaited: boolean) => settler.add(OUTCOME, () => undefined, isAwaited);

it('gathers outcomes that nobody waits for, and then stores them together', async () => {
  add(false);
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS);
  add(false);
  expect(batches).toEqual([]);
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(batches).toEqual([2]);
  expect(settler.pending).toBe(0);
});

it('stores at once when somebody waits for one of them, from the beginning or later', async () => {
  add(true);
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS);
  expect(batches).toEqual([1]);
  add(false);
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS);
  expect(batches).toEqual([1]);
  settler.hurry();
  await vi.advanceTimersByTimeAsync(0);
  expect(batches).toEqual([1, 1]);
});

it('stores at once when there are many', async () => {
  for (let count = 0; count < 32; count += 1) add(false);
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS);
  expect(batches).toEqual([32]);
});

it('drains without lingering', async () => {
  add(false);
  const drained = settler.drained();
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS);
  await drained;
  expect(batches).toEqual([1]);
});
