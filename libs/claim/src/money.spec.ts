import { expect, it } from 'vitest';
import { addMoney, money } from './money.js';

it.each([
  ['228', '228.00'],
  ['228.0', '228.00'],
  ['228.00', '228.00'],
  ['-12.3', '-12.30'],
  ['0.1250', '0.125'],
  ['+7.00', '7.00'],
  ['007.50', '7.50'],
  ['-0.00', '0.00'],
  ['-0.50', '-0.50'],
  ['123456789012345678901234567890.12', '123456789012345678901234567890.12'],
])('L11 writes %s as %s', (stated, normal) => {
  expect(money(stated)).toBe(normal);
});

it.each(['', '1e3', 'NaN', 'Infinity', '0x10', '1,5', ' 1', '.5', '1.'])('L11 refuses %j as an amount', (stated) => {
  expect(() => money(stated)).toThrow(RangeError);
});

it('L11 adds exactly, where floats and 20 digits would not', () => {
  expect(addMoney('0.1', '0.2')).toBe('0.30');
  expect(addMoney('123456789012345678901234567890.12', '0.005')).toBe('123456789012345678901234567890.125');
  expect(addMoney('100.00', '-100')).toBe('0.00');
});
