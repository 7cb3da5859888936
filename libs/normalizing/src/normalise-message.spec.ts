import type { ClaimFact } from '@claimwire/claim';
import { encodeHeaders } from '@claimwire/contracts';
import type { NormaliseOutcome, RawEvent } from '@claimwire/provider-kit';
import { describe, expect, it } from 'vitest';
import { normaliseMessage } from './normalise-message.js';
import { readMessage, type RawMessage } from './raw-message.js';

const BODY = '{"a":1}';
const TENANT = 'acme';
const CONNECTION = 'con_1';
const message = (): RawMessage => ({
  key: Buffer.from('k'),
  value: Buffer.from(BODY),
  headers: encodeHeaders({
    id: 'raw_1',
    source: '/ingress/cair',
    type: 'cair.CLAIM_STATUS_CHANGE',
    time: '2025-03-11T00:00:00.000Z',
    tenant: TENANT,
    connection: CONNECTION,
    contentType: 'application/json',
  }),
  offset: 42n,
});

const FACT = {
  reasons: [{ system: 'cair', code: 'e', text: 'Jane Roe has no cover', amount: '1.00' }],
  lines: [{ id: '1', reasons: [{ system: 'x', code: 'y', text: 'words' }] }],
} as unknown as ClaimFact;

function normalise(outcome: NormaliseOutcome, { freeText = false, known = true, raw = message() } = {}) {
  const seen: RawEvent[] = [];
  const source = {
    source: 'cair',
    normalise: (event: RawEvent) => {
      seen.push(event);
      return outcome;
    },
  };
  const connections = new Map(known ? [[CONNECTION, { settings: { currency: 'EUR' }, freeText }]] : []);
  return {
    settled: normaliseMessage(readMessage(raw), { source, topic: 'claims.raw.cair.v1', partition: 3, connections }),
    seen,
  };
}

describe('normaliseMessage', () => {
  it('hands the provider the bytes, where they are kept, and the connection’s settings', () => {
    const { seen } = normalise({ kind: 'ignored', reason: 'x' });
    expect(seen[0]?.body.toString()).toBe(BODY);
    expect(seen[0]?.settings).toEqual({ currency: 'EUR' });
    expect(seen[0]?.headers.tenant).toBe(TENANT);
    expect(seen[0]?.raw).toEqual({
      topic: 'claims.raw.cair.v1',
      partition: 3,
      offset: '42',
      sha256: '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
    });
  });

  it('drops a provider’s free text unless the tenant lets it through', () => {
    const closed = JSON.stringify(normalise({ kind: 'facts', facts: [FACT] }).settled);
    expect(closed).not.toContain('Jane');
    expect(closed).not.toContain('words');
    expect(closed).toContain('"amount":"1.00"');
    const open = JSON.stringify(normalise({ kind: 'facts', facts: [FACT] }, { freeText: true }).settled);
    expect(open).toContain('Jane');
  });

  it('quarantines an event of a connection that is gone: its settings decide the claim’s key', () => {
    const { settled, seen } = normalise({ kind: 'ignored', reason: 'x' }, { known: false });
    expect(settled).toMatchObject({ kind: 'quarantine', reason: 'connection_unknown' });
    expect(seen).toEqual([]);
  });

  it('quarantines a message without our headers', () => {
    const { settled } = normalise({ kind: 'ignored', reason: 'x' }, { raw: { ...message(), headers: {} } });
    expect(settled).toMatchObject({ kind: 'quarantine', reason: 'headers_invalid' });
  });
});
