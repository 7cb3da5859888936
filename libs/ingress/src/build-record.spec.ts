import { QUARANTINE_TOPIC, rawEventId } from '@claimwire/contracts';
import type { ConnectionConfig, Reception } from '@claimwire/provider-kit';
import { describe, expect, it } from 'vitest';
import { buildRecord } from './build-record.js';

const connection: ConnectionConfig = {
  id: 'con_1',
  tenant: 'acme/ö',
  provider: 'cair',
  auth: { type: 'none' },
  settings: {},
};
const accepted: Reception = {
  kind: 'accepted',
  identity: 'fact-1',
  entityId: 'claim/1',
  eventType: 'cair.CLAIM_STATUS_CHANGE',
  account: 'org-1',
};
const received = {
  connection,
  route: 'webhook',
  reception: accepted,
  body: Buffer.from('{"a": 1}'),
  contentType: 'application/json; charset=utf-8',
  receivedAt: new Date('2026-01-02T03:04:05.678Z'),
  traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
};

describe('buildRecord', () => {
  it('keeps the bytes, keys by tenant and claim, and describes the event in CloudEvents headers', () => {
    const { id, record, quarantineReason } = buildRecord(received);
    expect(quarantineReason).toBeNull();
    expect(id).toBe(rawEventId('acme/ö', 'cair', 'fact-1'));
    expect(record).toEqual({
      topic: 'claims.raw.cair.v1',
      key: 'acme%2F%C3%B6/claim%2F1',
      value: received.body,
      headers: {
        ce_specversion: '1.0',
        ce_id: id,
        ce_source: '/ingress/cair',
        ce_type: 'cair.CLAIM_STATUS_CHANGE',
        ce_time: '2026-01-02T03:04:05.678Z',
        'content-type': 'application/json; charset=utf-8',
        'claimwire-tenant': 'acme/ö',
        'claimwire-connection': 'con_1',
        traceparent: received.traceparent,
      },
    });
  });

  it('gives every request its own id where the provider has no identity', () => {
    const reception = { ...accepted, identity: null };
    expect(buildRecord({ ...received, reception }).id).not.toBe(buildRecord({ ...received, reception }).id);
  });

  it('gives a malformed body one id however often it is sent, and its reason', () => {
    const malformed = { ...received, reception: { kind: 'malformed', reason: 'claim_id_missing' } as const };
    const first = buildRecord(malformed);
    expect(first.id).toBe(buildRecord(malformed).id);
    expect(first.id).not.toBe(buildRecord({ ...malformed, body: Buffer.from('[]') }).id);
    expect(first).toMatchObject({ malformed: true, quarantineReason: 'claim_id_missing' });
    expect(first.record).toMatchObject({
      topic: QUARANTINE_TOPIC,
      headers: {
        'claimwire-reason': 'claim_id_missing',
        'claimwire-stage': 'ingress',
        'claimwire-source-topic': 'claims.raw.cair.v1',
      },
    });
  });

  it('quarantines an account that the connection does not expect, under the id it would have had', () => {
    const settings = { expectedAccounts: ['org-2'] };
    const built = buildRecord({ ...received, connection: { ...connection, settings } });
    expect(built).toMatchObject({ quarantineReason: 'unexpected_account', malformed: false });
    expect(built.id).toBe(buildRecord(received).id);
    expect(built.record.topic).toBe(QUARANTINE_TOPIC);
    const expected = { expectedAccounts: ['org-1'] };
    expect(buildRecord({ ...received, connection: { ...connection, settings: expected } }).quarantineReason).toBeNull();
  });

  it('survives an id that is no well-formed text', () => {
    expect(buildRecord({ ...received, reception: { ...accepted, entityId: 'a\ud800' } }).record.key).toContain('/a');
  });
});
