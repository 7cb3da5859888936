import { randomBytes } from 'node:crypto';
import { Keyring } from '@claimwire/keyring';
import { describe, expect, it } from 'vitest';
import { openRecord, sealRecord } from './spool-entry.js';

const keyring = Keyring.parse(`k1:${randomBytes(32).toString('base64')}`);
const record = {
  topic: 'claims.raw.cair.v1',
  key: 'acme/canary-claim',
  value: Buffer.from([0x7b, 0xff, 0x00, 0x7d]),
  headers: { ce_id: 'raw_1', 'claimwire-tenant': 'acme', traceparent: '00-1' },
};

describe('the spool entry of a record', () => {
  it('opens to the same record, bytes that are no UTF-8 included', () => {
    expect(openRecord(keyring, sealRecord(keyring, record))).toEqual(record);
  });

  it('shows neither key nor body, and does not open for another tenant or event', () => {
    const entry = sealRecord(keyring, record);
    expect(entry.sealed.toString('latin1')).not.toContain('canary');
    expect(() => openRecord(keyring, { ...entry, tenant: 'other' })).toThrow();
    expect(() => openRecord(keyring, { ...entry, ceId: 'raw_2' })).toThrow();
  });
});
