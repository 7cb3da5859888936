import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDisks, checkEgress } from './check-secrets.js';
import { clockFinding } from './clock.js';

describe('another clock', () => {
  it.each([
    [1_000_005, 'ok', /the same/],
    [1_000_500, 'ok', /ahead by 490 ms/],
    [998_000, 'warn', /behind by 2000 ms/],
    [1_040_010, 'fail', /ahead by 40000 ms/],
    [Number.NaN, 'warn', /not told/],
  ])('that says %d is %s', (theirs, verdict, detail) => {
    expect(clockFinding('clock', theirs, 1_000_000, 1_000_010)).toMatchObject({
      verdict,
      detail: expect.stringMatching(detail) as string,
    });
  });
});

describe('networks that tenants may reach', () => {
  it.each([
    ['', true, 'ok'],
    ['203.0.113.7/32', true, 'warn'],
    ['127.0.0.0/8', false, 'warn'],
    ['127.0.0.0/8, ::1/128', true, 'fail'],
    ['0.0.0.0/0', false, 'fail'],
    ['169.254.0.0/16', false, 'fail'],
    ['the-office', false, 'fail'],
  ])('%j in production %s: %s', (networks, production, verdict) => {
    expect(checkEgress({ EGRESS_ALLOW_NETWORKS: networks }, production)).toMatchObject([{ verdict }]);
  });
});

describe('disks', () => {
  it('are encrypted where one of the machine’s is mapped so, and cannot be told elsewhere', () => {
    const devices = mkdtempSync(join(tmpdir(), 'claimwire-doctor-'));
    expect(checkDisks(devices)).toMatchObject([{ verdict: 'warn' }]);
    mkdirSync(join(devices, 'dm-0/dm'), { recursive: true });
    writeFileSync(join(devices, 'dm-0/dm/uuid'), 'CRYPT-LUKS2-1234-root\n');
    expect(checkDisks(devices)).toMatchObject([{ verdict: 'ok' }]);
    rmSync(devices, { recursive: true });
  });
});
