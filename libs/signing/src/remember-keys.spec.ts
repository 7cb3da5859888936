import { createHmac } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { HmacKey } from './hmac-key.js';
import { rememberKeys } from './remember-keys.js';

it('makes the key of a secret once, and gives the key of each secret its own', () => {
  const make = vi.fn((secret: string) => new HmacKey(Buffer.from(secret)));
  const keyOf = rememberKeys(make);
  const mac = (secret: string) => keyOf(secret)!.digest('', 'body').toString('hex');
  expect([mac('one'), mac('two'), mac('one')]).toEqual(
    ['one', 'two', 'one'].map((secret) => createHmac('sha256', secret).update('body').digest('hex')),
  );
  expect(make).toHaveBeenCalledTimes(2);
});

it('gives none for what is no secret, and keeps a bounded number', () => {
  const decode = vi.fn((secret: string) => (secret === '' ? null : Buffer.from(secret)));
  const keyOf = rememberKeys(decode);
  expect(keyOf('')).toBeNull();
  for (let number = 0; number <= 10_000; number += 1) keyOf(`secret-${number}`);
  const before = decode.mock.calls.length;
  keyOf('secret-10000');
  expect(decode.mock.calls.length).toBe(before);
  keyOf('secret-0');
  expect(decode.mock.calls.length).toBe(before + 1);
});
