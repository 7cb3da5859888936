import { describe, expect, it, vi } from 'vitest';
import { newId } from './ids.js';

describe('ids', () => {
  it('sort by age and never repeat', () => {
    vi.useFakeTimers();
    const ids = Array.from({ length: 50 }, (_, minute) => {
      vi.setSystemTime(new Date(Date.UTC(2025, 0, 1, 0, minute)));
      return newId('whk');
    });
    vi.useRealTimers();
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 1_000 }, () => newId('whk'))).size).toBe(1_000);
  });
});
