import { encodeHeaders } from '@claimwire/contracts';
import { QuarantineItem } from '@claimwire/postgres/schema';
import { describe, expect, it } from 'vitest';
import { retryRecord } from './retry-record.js';

const message = (extra: Record<string, string>) => ({
  key: Buffer.from('acme/1'),
  value: Buffer.from('{"a":  1}'),
  offset: 7n,
  timestamp: 0,
  headers: encodeHeaders({
    id: 'raw_1',
    source: '/ingress/cair',
    type: 'cair.CLAIM_STATUS_CHANGE',
    time: '2025-03-11T14:00:00.000Z',
    tenant: 'acme',
    connection: 'con_1',
    contentType: 'application/json; charset=utf-8',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    extra,
  }),
});
const item = (more: Partial<QuarantineItem> = {}) =>
  Object.assign(new QuarantineItem(), { ceType: 'cair.CLAIM_STATUS_CHANGE', sourceTopic: null, ...more });
const whyAndWhere = {
  'claimwire-reason': 'r',
  'claimwire-stage': 'normalizer',
  'claimwire-source-topic': 'claims.raw.stedi-reports.v1',
  'claimwire-source-partition': '1',
  'claimwire-source-offset': '2',
};

describe('a quarantined event given to its source again', () => {
  it('has the same key, bytes, ids and trace, and none of what the quarantine said', () => {
    const before = message({ ...whyAndWhere, 'claimwire-report': 'kept' });
    const record = retryRecord(item(), before);
    expect([record.key, record.value]).toEqual(['acme/1', before.value]);
    expect(record.headers).toEqual(message({ 'claimwire-report': 'kept' }).headers);
  });

  it('goes to the indexed topic, else the one its headers state, else that of its provider', () => {
    expect(retryRecord(item({ sourceTopic: 'claims.raw.stedi.v1' }), message(whyAndWhere)).topic).toBe(
      'claims.raw.stedi.v1',
    );
    expect(retryRecord(item(), message(whyAndWhere)).topic).toBe('claims.raw.stedi-reports.v1');
    expect(retryRecord(item(), message({})).topic).toBe('claims.raw.cair.v1');
  });
});
