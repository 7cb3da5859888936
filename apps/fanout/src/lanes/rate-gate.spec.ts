import { describe, expect, it } from 'vitest';
import { RateGate } from './rate-gate.js';

describe('a rate limit', () => {
  it('lets so many start at once, and the next one a second after the first of them', () => {
    const gate = new RateGate(2);
    for (const now of [0, 100]) {
      expect(gate.waitMs(now)).toBe(0);
      gate.started(now);
    }
    expect(gate.waitMs(300)).toBe(700);
    expect(gate.waitMs(1_000)).toBe(0);
    gate.started(1_000);
    expect(gate.waitMs(1_000)).toBe(100);
  });

  it('counts what an unknown holder may have started before', () => {
    expect(new RateGate(5, 200).waitMs(700)).toBe(500);
    expect(new RateGate(null, 200).waitMs(201)).toBe(0);
    const opened = new RateGate(null);
    opened.resize(5, 1_000);
    expect(opened.waitMs(1_400)).toBe(600);
  });
});
