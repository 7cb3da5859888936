import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signHmac, verifyHmac, type HmacVerification } from './hmac.js';

const now = new Date('2026-06-01T00:00:00Z');
const body = Buffer.from('{"a":"x\\/y"}');
const hex = createHmac('sha256', 'secret').update(body).digest('hex');

const verify = (more: Partial<HmacVerification>) =>
  verifyHmac({ body, signature: hex, secrets: [{ value: 'secret' }], encoding: 'hex', now, ...more });

describe('an HMAC-SHA256 signature', () => {
  it('is the one of RFC 4231, test case 2', () => {
    expect(signHmac({ secret: 'Jefe', body: 'what do ya want for nothing?', encoding: 'hex' })).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it.each(['hex', 'base64'] as const)('verifies in %s, with and without a prefix', (encoding) => {
    for (const prefix of [undefined, 'sha256=']) {
      const signature = signHmac({ secret: 'secret', body, encoding, prefix });
      expect(verify({ signature, encoding, prefix })).toEqual({ ok: true });
    }
  });

  it('verifies in capital hex and in base64 without padding', () => {
    expect(verify({ signature: hex.toUpperCase() })).toEqual({ ok: true });
    const unpadded = signHmac({ secret: 'secret', body, encoding: 'base64' }).replace(/=+$/, '');
    expect(verify({ signature: unpadded, encoding: 'base64' })).toEqual({ ok: true });
  });

  it('verifies by any active secret, and by none that is not active', () => {
    const at = (secret: object) => verify({ secrets: [{ value: 'new' }, { value: 'secret', ...secret }] });
    expect(at({ notAfter: '2026-06-02T00:00:00Z' })).toEqual({ ok: true });
    expect(at({ notAfter: '2026-06-01T00:00:00Z' })).toEqual({ ok: false, reason: 'signature_mismatch' });
    expect(at({ notBefore: '2026-06-01T00:00:00Z' })).toEqual({ ok: true });
    expect(at({ notBefore: '2026-06-01T00:00:01Z' })).toEqual({ ok: false, reason: 'signature_mismatch' });
    expect(at({ notAfter: 'never' })).toEqual({ ok: false, reason: 'signature_mismatch' });
  });

  it.each([
    ['signature_missing', { signature: undefined }],
    ['signature_missing', { signature: [] }],
    ['signature_duplicated', { signature: [hex, hex] }],
    ['signature_duplicated', { signature: `${hex}, ${hex}` }],
    ['signature_malformed', { signature: hex.slice(0, 63) }],
    ['signature_malformed', { signature: `${hex}00` }],
    ['signature_malformed', { signature: `sha256=${hex}` }],
    ['signature_malformed', { prefix: 'sha256=' }],
    ['signature_mismatch', { signature: 'ab'.repeat(32) }],
    ['signature_mismatch', { body: Buffer.from('{"a":"x/y"}') }],
    ['no_active_secret', { secrets: [] }],
    ['no_active_secret', { secrets: [{ value: '' }] }],
  ] as const)('is refused with %s', (reason, more) => {
    expect(verify(more as Partial<HmacVerification>)).toEqual({ ok: false, reason });
  });
});
