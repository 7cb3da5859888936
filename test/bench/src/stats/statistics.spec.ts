import { describe, expect, it } from 'vitest';
import { floors, percentile, ratios, slope, spread } from './statistics.js';

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

  it.each([
    [0, 1],
    [50, 50],
    [99, 99],
    [99.9, 100],
    [100, 100],
  ])('of %d of 1..100 is %d: a value that was measured', (percent, expected) => {
    expect(percentile(hundred, percent)).toBe(expected);
  });

  it('of one value is that value, of none not a number', () => {
    expect(percentile([7], 99)).toBe(7);
    expect(percentile([], 50)).toBeNaN();
  });
});

describe('a spread', () => {
  it('has the median of an odd number of rounds, whatever their order', () => {
    expect(spread([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
  });

  it('has the mean of the middle two of an even number', () => {
    expect(spread([4, 10, 1, 2])).toEqual({ median: 3, min: 1, max: 10 });
  });

  it('does not sort what it was given', () => {
    const values = [3, 1, 2];
    spread(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('of no rounds is not a number', () => {
    expect(spread([]).median).toBeNaN();
  });
});

describe('ratios', () => {
  it('compare each round with its own baseline', () => {
    expect(ratios([8, 3, 5], [10, 6, 5])).toEqual([0.8, 0.5, 1]);
  });

  it('leave out a round whose baseline is missing', () => {
    expect(ratios([8, 3], [10])).toEqual([0.8]);
  });
});

describe('a slope', () => {
  it('is that of the line, and of scattered points the best fit', () => {
    expect(slope([0, 1, 2, 3].map((x) => ({ x, y: 5 - 2 * x })))).toBeCloseTo(-2);
    expect(
      slope([
        { x: 0, y: 0 },
        { x: 1, y: 2 },
        { x: 2, y: 1 },
      ]),
    ).toBeCloseTo(0.5);
  });

  it('of one moment is 0', () => {
    expect(
      slope([
        { x: 1, y: 1 },
        { x: 1, y: 9 },
      ]),
    ).toBe(0);
  });
});

describe('floors', () => {
  it('are the lowest points of windows, so that a sawtooth on level ground is level', () => {
    const sawtooth = Array.from({ length: 100 }, (_, x) => ({ x, y: 200 + (x % 10) * 5 }));
    expect(floors(sawtooth, 10).map(({ y }) => y)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(slope(floors(sawtooth, 10))).toBe(0);
    const rising = sawtooth.map(({ x, y }) => ({ x, y: y + x }));
    expect(slope(floors(rising, 10))).toBeCloseTo(1);
  });
});
