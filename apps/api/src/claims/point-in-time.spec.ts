import { describe, expect, it } from 'vitest';
import { Problem } from '../http/problem.js';
import { pointInTime } from './point-in-time.js';

describe('a point in time', () => {
  it.each([
    ['2025-03-11T14:35:00Z', '2025-03-11T14:35:00Z'],
    ['2025-03-11T14:35:00.123456Z', '2025-03-11T14:35:00.123456Z'],
    ['2025-03-11T14:35:00,5Z', '2025-03-11T14:35:00.5Z'],
    ['2025-03-11T16:35:00+02:00', '2025-03-11T16:35:00+02:00'],
    ['2025-03-11T16:35:00-0330', '2025-03-11T16:35:00-03:30'],
    ['2025-03-11T16:35+02', '2025-03-11T16:35:00+02:00'],
    ['2025-03-11T14:35:00', '2025-03-11T14:35:00Z'],
    ['2025-03-11', '2025-03-11T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (text, point) => {
    expect(pointInTime('asOf', text)).toBe(point);
  });

  it.each([
    '',
    'yesterday',
    '1741703700',
    '2025-3-11',
    '2025-02-29',
    '2025-13-01',
    '0000-01-01',
    '2025-03-11T25:00:00Z',
    '2025-03-11T14:60:00Z',
    '2025-03-11T14:35:00 02:00',
    '2025-03-11T14:35:00+99:00',
    '2025-W11-2',
    ' 2025-03-11',
    "2025-03-11'; select 1",
  ])('is not %j, and the answer names the parameter', (text) => {
    const attempt = () => pointInTime('asOf', text);
    expect(attempt).toThrow(Problem);
    try {
      attempt();
    } catch (error) {
      expect((error as Problem).toBody()).toMatchObject({ status: 400, errors: [{ path: 'asOf' }] });
    }
  });
});
