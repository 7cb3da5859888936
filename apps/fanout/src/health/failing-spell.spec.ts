import { describe, expect, it } from 'vitest';
import { FailingSpell } from './failing-spell.js';

/** As the table answers: the earliest failure since the last answer. */
const store = (spell: FailingSpell, before: number | null = null): number | null => {
  const change = spell.take();
  if (!change) return before;
  const now = change.wasWell ? change.failingSince : (before ?? change.failingSince);
  spell.stored(now);
  return now;
};

describe('a spell of failing', () => {
  it('lasts from the first failure to the newest one', () => {
    const spell = new FailingSpell();
    for (const at of [1_000, 2_000]) spell.failed(at);
    expect(store(spell)).toBe(1_000);
    expect(spell.failingMs(0)).toBe(1_000);
    spell.failed(9_000);
    expect(spell.failingMs(0)).toBe(8_000);
  });

  it('is not stored again while it lasts, nor is being well', () => {
    const spell = new FailingSpell();
    spell.failed(1_000);
    store(spell);
    spell.failed(2_000);
    expect(spell.take()).toBeNull();
    spell.well();
    expect(store(spell, 1_000)).toBeNull();
    spell.well();
    expect(spell.take()).toBeNull();
  });

  it('ends with an answer, however soon the next failure comes', () => {
    const spell = new FailingSpell();
    spell.failed(1_000);
    store(spell);
    spell.well();
    spell.failed(5_000);
    expect(spell.failingMs(0)).toBe(0);
    expect(store(spell, 1_000)).toBe(5_000);
    expect(spell.failingMs(0)).toBe(0);
  });

  it('goes on from one holder to the next', () => {
    const spell = new FailingSpell();
    spell.failed(9_000);
    expect(store(spell, 1_000)).toBe(1_000);
    expect(spell.failingMs(0)).toBe(8_000);
  });

  it('counts from when the webhook was made active', () => {
    const spell = new FailingSpell();
    spell.failed(9_000);
    store(spell, 1_000);
    expect(spell.failingMs(8_500)).toBe(500);
  });

  it('is no length of silence', () => {
    const spell = new FailingSpell();
    spell.failed(1_000);
    store(spell);
    expect(spell.failingMs(0)).toBe(0);
  });

  it('that could not be stored is kept', () => {
    const spell = new FailingSpell();
    spell.failed(1_000);
    const change = spell.take();
    spell.notStored(change!);
    expect(spell.take()).toEqual(change);
  });
});
