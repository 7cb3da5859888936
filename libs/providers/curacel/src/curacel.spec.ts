import { readFileSync } from 'node:fs';
import type { ConnectionSettings, NormaliseOutcome } from '@claimwire/provider-kit';
import { describe, expect, it } from 'vitest';
import { curacel } from './provider.js';

interface Body {
  event: string;
  data: Record<string, unknown>;
}

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as Body;
const vetted = fixture('curacel-claim-vetted');
const pile = fixture('curacel-claim-pile-vetting-done');

const withData = (body: Body, data: object): Body => ({ ...body, data: { ...body.data, ...data } });

function normalise(body: object, settings: ConnectionSettings = {}): NormaliseOutcome {
  return curacel.sources[0]!.normalise({
    headers: {
      id: 'raw_1',
      source: '/connections/con_1',
      type: 'curacel.claim.vetted',
      time: '2022-02-16T16:20:00.000Z',
      tenant: 'demo',
      connection: 'con_1',
      contentType: 'application/json',
    },
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    raw: { topic: 'claims.raw.curacel.v1', partition: 0, offset: '0', sha256: '' },
    settings,
  });
}

function factOf(body: object, settings: ConnectionSettings = {}) {
  const outcome = normalise(body, settings);
  if (outcome.kind !== 'facts' || !outcome.facts[0]) throw new Error(JSON.stringify(outcome));
  return outcome.facts[0];
}

describe('a vetting result of Curacel', () => {
  it.each([
    [null, 20000, 15000.5, 'pending'],
    [0, 20000, 0, 'denied'],
    ['0', 20000, 0, 'denied'],
    [1, 20000, 20000, 'approved'],
    ['1', 20000, 20000, 'approved'],
    [1, 20000, 15000.5, 'partially_approved'],
    [1, 20000, 19999.99, 'partially_approved'],
    [1, null, 15000.5, 'partially_approved'],
    [1, 20000, null, 'approved'],
    [2, 20000, 20000, 'unknown'],
    ['yes', 20000, 20000, 'unknown'],
    [undefined, 20000, 20000, 'unknown'],
  ])(
    'with approval_status %j, billed %j and approved %j is %s',
    (approval_status, billed_amount, approved_amount, status) => {
      expect(factOf(withData(pile, { approval_status, billed_amount, approved_amount })).status).toBe(status);
    },
  );

  it('is a fact about data.id, without a currency unless the connection has one', () => {
    expect(factOf(vetted)).toMatchObject({
      claimKey: 'demo/curacel/90210',
      event: 'claim.vetted',
      status: 'partially_approved',
      providerStatus: '1',
      occurredAt: '2022-02-16T16:17:32.000000Z',
      currency: null,
      amounts: { billed: '20000.00', approved: '15000.50', paid: null, allowed: null, patientResponsibility: null },
      serviceDates: { start: '2022-02-10', end: '2022-02-10' },
      aliases: [{ system: 'curacel.ref', value: 'EMR/2022/000123' }],
    });
    expect(factOf(vetted, { currency: 'NGN' }).currency).toBe('NGN');
  });

  it('has no alias without a ref', () => expect(factOf(withData(vetted, { ref: null })).aliases).toEqual([]));

  it('sums what was billed of the items where claim.vetted does not state it', () => {
    const items = [
      { sub_total_billed: 0.1, approval_status: 1 },
      { sub_total_billed: '0.2', approval_status: 1 },
      { unit_price_billed: 10, qty_billed: 3, approval_status: 1 },
    ];
    expect(factOf(withData(vetted, { items })).amounts.billed).toBe('30.30');
  });

  it('states no billed amount where one item has none: the sum would be too small', () => {
    const items = [{ sub_total_billed: 20000 }, { description: 'no price' }];
    expect(factOf(withData(vetted, { items }))).toMatchObject({ status: 'approved', amounts: { billed: null } });
    expect(factOf(withData(vetted, { items: [] })).amounts.billed).toBeNull();
  });

  it('has a line per item, whichever of the two names its status has', () => {
    const line = { billed: '20000.00', approved: '15000.50', status: 'partially_approved', procedure: null };
    expect(factOf(vetted).lines).toMatchObject([{ id: null, ...line }]);
    expect(factOf(pile).lines).toMatchObject([{ id: 'it-1', ...line }]);
  });

  it.each(['1', 1])('with the status %j of an item in either event says the same of its line', (status) => {
    const item = { sub_total_billed: 10, sub_total_approved: 10 };
    const named = { vetted: { ...item, status }, pile: { ...item, approval_status: status } };
    expect(factOf(withData(vetted, { items: [named.vetted] })).lines).toMatchObject([{ status: 'approved' }]);
    expect(factOf(withData(pile, { items: [named.pile] })).lines).toMatchObject([{ status: 'approved' }]);
  });

  it('as PHP escapes it is the same event and the same fact', () => {
    const escaped = readFileSync(new URL('../fixtures/curacel-claim-vetted.php-escaped.json', import.meta.url));
    const plain = Buffer.from(JSON.stringify(JSON.parse(escaped.toString())));
    expect(escaped.includes('\\/')).toBe(true);
    expect(plain.includes('\\/')).toBe(false);
    const [route] = curacel.routes;
    expect(route?.receive(escaped)).toEqual(route?.receive(plain));
    expect(normalise(escaped)).toEqual(normalise(plain));
    expect(factOf(escaped).aliases).toEqual([{ system: 'curacel.ref', value: 'EMR/2022/000123' }]);
  });

  it('of the claim comes before that of its pile at the same time', () => {
    expect([factOf(vetted).sequence, factOf(pile).sequence]).toEqual([[0], [1]]);
    expect(factOf(vetted).occurredAt).toBe(factOf(pile).occurredAt);
  });

  it.each([
    ['unknown_event', { ...vetted, event: 'claim.paid' }],
    ['unknown_event', { data: vetted.data }],
    ['claim_id_missing', withData(vetted, { id: null })],
    ['claim_id_missing', { event: 'claim.vetted' }],
    ['event_time_missing', withData(vetted, { vetted_at: null })],
  ])('that cannot be processed is kept as %s', (reason, body) => {
    expect(normalise(body)).toEqual({ kind: 'quarantine', reason });
  });

  it('of an unknown event is published by the ingress, under a safe type', () => {
    const receive = (event: unknown) => curacel.routes[0]!.receive(Buffer.from(JSON.stringify({ ...vetted, event })));
    expect(receive('claim.paid')).toMatchObject({ kind: 'accepted', eventType: 'curacel.claim.paid' });
    expect(receive('claim\r\nx: y')).toMatchObject({ kind: 'accepted', eventType: 'curacel.unknown' });
  });

  it('of a second account with its own ids is another claim and another event', () => {
    const other = factOf(vetted, { claimNamespace: 'kenya' });
    expect(other.claimKey).toBe('demo/curacel/kenya%3A90210');
    expect(other.eventId).not.toBe(factOf(vetted).eventId);
  });
});
