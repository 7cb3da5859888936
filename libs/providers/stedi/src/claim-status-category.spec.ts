import { describe, expect, it } from 'vitest';
import { categoryStatus, isOutsideStandard, mostSevereCategory } from './claim-status-category.js';

const requests = Array.from({ length: 18 }, (_, number) => [`R${number}`, 'info_requested'] as const);

describe('the status of an X12 claim status category', () => {
  it.each([
    ['A0', 'received'],
    ['A1', 'received'],
    ['A2', 'accepted'],
    ['A5', 'accepted'],
    ['A3', 'rejected'],
    ['A4', 'rejected'],
    ['A6', 'rejected'],
    ['A7', 'rejected'],
    ['A8', 'rejected'],
    ['P0', 'pending'],
    ['P1', 'pending'],
    ['P2', 'pending'],
    ['P5', 'pending'],
    ['P3', 'info_requested'],
    ['P4', 'info_requested'],
    ...requests,
    ['F0', 'adjudicated'],
    ['F3', 'adjudicated'],
    ['F3F', 'adjudicated'],
    ['F3N', 'adjudicated'],
    ['F4', 'adjudicated'],
    ['F2', 'denied'],
    ['F1', 'paid'],
    ['E0', 'unknown'],
    ['D0', 'unknown'],
    ['DR01', 'unknown'],
    ['R18', 'unknown'],
    ['A9', 'unknown'],
    ['constructor', 'unknown'],
  ] as const)('%s is %s', (code, status) => expect(categoryStatus(code)).toBe(status));

  it('is outside the standard of a 277CA for pending, finalised and request categories only', () => {
    expect(['P1', 'F2', 'R3'].every(isOutsideStandard)).toBe(true);
    expect(['A1', 'A7', 'E1', 'F9', 'R99'].some(isOutsideStandard)).toBe(false);
  });
});

describe('the most severe category of several', () => {
  it.each([
    [['A1', 'A2', 'P1', 'P3', 'A7'], 'A7'],
    [['A1', 'A2', 'P1', 'P3'], 'P3'],
    [['A2', 'A1', 'P1'], 'P1'],
    [['A1', 'A2'], 'A2'],
    [['E0', 'A1'], 'A1'],
    [['E0'], 'E0'],
  ])('of %j is %s', (codes, category) => {
    expect(mostSevereCategory(codes)).toBe(category);
    expect(mostSevereCategory([...codes].reverse())).toBe(category);
  });

  it('is none where there is none', () => expect(mostSevereCategory([])).toBeNull());
});
