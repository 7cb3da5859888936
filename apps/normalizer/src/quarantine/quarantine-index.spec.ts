import type { BatchMessage } from '@claimwire/kafka';
import { CONNECTION, rawCairBody, TENANT } from '@claimwire/testkit/pipeline';
import { describe, expect, it } from 'vitest';
import { quarantineRow } from './quarantine-index.js';
import { quarantineRecord } from './quarantine-record.js';

const source = { topic: 'claims.raw.cair.v1', partition: 2 };
const raw = (offset: bigint): BatchMessage => {
  const { key, value, headers } = rawCairBody('c', '{}');
  return { key: Buffer.from(key), value: Buffer.from(String(value)), headers, offset, timestamp: 0 };
};
/** As it comes back from the quarantine topic. */
const quarantined = (offset: bigint, at: bigint): BatchMessage => {
  const { key, value, headers } = quarantineRecord(source, { message: raw(offset), reason: 'no_status' });
  return { key: Buffer.from(key), value: value as Buffer, headers, offset: at, timestamp: 0 };
};
const indexed = (message: BatchMessage) => quarantineRow(message, 'claims.quarantine.v1', 0);

describe('a quarantined message', () => {
  it('keeps key, bytes and id, and says why and from where', () => {
    const record = quarantineRecord(source, { message: raw(7n), reason: 'no_status' });
    expect(record).toMatchObject({ topic: 'claims.quarantine.v1', key: `${TENANT}/c`, value: Buffer.from('{}') });
    expect(record.headers.ce_id).toBe(raw(7n).headers.ce_id);
    expect(indexed(quarantined(7n, 1n))).toMatchObject({
      tenant: TENANT,
      reason: 'no_status',
      stage: 'normalise',
      sourceTopic: 'claims.raw.cair.v1',
      sourcePartition: 2,
      sourceOffset: '7',
      offset: '1',
    });
  });

  it('is one row when a crash wrote it twice, and another when its retry failed again', () => {
    expect(indexed(quarantined(7n, 2n)).id).toBe(indexed(quarantined(7n, 1n)).id);
    expect(indexed(quarantined(8n, 3n)).id).not.toBe(indexed(quarantined(7n, 1n)).id);
  });

  it('is its own row each time an ingress writes one, which has no offset to tell it by', () => {
    expect(indexed(raw(1n)).id).not.toBe(indexed(raw(2n)).id);
    expect(indexed(raw(1n))).toMatchObject({ sourcePartition: null, sourceOffset: null });
  });

  it('names the claim that is incomplete without it, where its connection is known', () => {
    const connections = new Map([[CONNECTION, { settings: {}, freeText: false }]]);
    const row = quarantineRow(quarantined(7n, 1n), 'claims.quarantine.v1', 0, connections);
    expect(row.claimKey).toBe(`${TENANT}/cair/c`);
    expect(indexed(quarantined(7n, 1n)).claimKey).toBeNull();
  });

  it('is indexed even without our headers', () => {
    expect(indexed({ ...raw(1n), headers: {} })).toMatchObject({ tenant: '', reason: 'unknown', offset: '1' });
  });
});
