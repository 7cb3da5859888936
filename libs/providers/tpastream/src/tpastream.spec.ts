import { readFileSync } from 'node:fs';
import { compareFacts } from '@claimwire/claim';
import type { NormaliseOutcome } from '@claimwire/provider-kit';
import { describe, expect, it } from 'vitest';
import { tpastream } from './provider.js';

interface Body {
  data: Record<string, unknown>;
}

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as Body;
const claim = fixture('tpa-claim');

const bytes = (body: object) => Buffer.from(JSON.stringify(body));
const receive = (route: string, body: object) =>
  tpastream.routes.find(({ name }) => name === route)!.receive(bytes(body));

function normalise(body: object, type = 'tpastream.claim'): NormaliseOutcome {
  return tpastream.sources[0]!.normalise({
    headers: {
      id: 'raw_1',
      source: '/connections/con_1',
      type,
      time: '2026-10-01T12:00:00.000Z',
      tenant: 'demo',
      connection: 'con_1',
      contentType: 'application/json',
    },
    body: bytes(body),
    raw: { topic: 'claims.raw.tpastream.v1', partition: 0, offset: '0', sha256: '' },
    settings: {},
  });
}

function factOf(data: object) {
  const outcome = normalise({ data: { ...claim.data, ...data } });
  if (outcome.kind !== 'facts' || !outcome.facts[0]) throw new Error(JSON.stringify(outcome));
  return outcome.facts[0];
}

describe('a claim of TPA Stream', () => {
  it.each([
    ['In Process', 'pending'],
    ['Processed', 'adjudicated'],
    ['Adjusted', 'adjudicated'],
    ['Partially Approved', 'partially_approved'],
    ['Rejected', 'denied'],
    ['Paid', 'unknown'],
    [null, 'unknown'],
  ])('with status %j is %s', (status, canonical) => {
    expect(factOf({ status })).toMatchObject({ status: canonical, providerStatus: status });
  });

  it('is a fact with its amounts, check, lines and dates', () => {
    expect(factOf({})).toMatchObject({
      claimKey: 'demo/tpastream/10004',
      occurredAt: '2020-02-11T13:56:45.249767Z',
      sequence: [1496290469, 348875],
      amounts: { billed: '228.00', allowed: null, approved: null, paid: null, patientResponsibility: '0.00' },
      payment: { trace: '8858906', date: '2020-01-24', method: 'check' },
      serviceDates: { start: '2020-01-28', end: '2020-01-28' },
      aliases: [{ system: 'tpastream.vendor_system_id', value: '28284fbbaa164d02' }],
    });
  });

  it('gives a half-open range of days as its inclusive days', () => {
    expect(factOf({}).lines).toMatchObject([
      { id: '10004', procedure: '87254', serviceDates: { start: '2020-01-16', end: '2020-01-16' } },
    ]);
  });

  it('takes the computed amount where there is no other', () => {
    expect(factOf({ amount_paid: null, computed_amount_paid: 12.5 }).amounts.paid).toBe('12.50');
    expect(factOf({ amount_paid: 0, computed_amount_paid: 12.5 }).amounts.paid).toBe('0.00');
  });

  it('without a status time is ordered by its modification', () => {
    expect(factOf({ last_updated_status: null }).occurredAt).toBe('2017-06-01T04:14:29.348875Z');
    expect(factOf({ modifieddate: null }).sequence).toEqual([]);
  });

  it('takes a time without offset as UTC', () => {
    expect(factOf({ last_updated_status: '2020-02-11T13:56:45.249767' }).occurredAt).toBe(
      '2020-02-11T13:56:45.249767Z',
    );
  });

  it.each([
    [
      { bounds: '[]', start: '2020-01-28', end: '2020-01-30' },
      { start: '2020-01-28', end: '2020-01-30' },
    ],
    [
      { bounds: '[)', start: '2020-01-28', end: '2020-01-30' },
      { start: '2020-01-28', end: '2020-01-29' },
    ],
    [
      { bounds: '[]', start: '2020-01-28', end: null },
      { start: '2020-01-28', end: '2020-01-28' },
    ],
    [null, null],
    ['2020-01-28', null],
  ])('with date_of_service %j has the service dates %j', (date_of_service, serviceDates) => {
    expect(factOf({ date_of_service }).serviceDates).toEqual(serviceDates);
  });

  it.each([
    ['last_updated_status', '2020-02-11T13:56:45.249767', '2020-02-11T13:56:45.249768+00:00'],
    ['last_updated_status', '2020-02-11T13:56:45.249767+01:00', '2020-02-11T13:56:45.249767'],
    ['modifieddate', '2017-06-01T04:14:29.348875', '2017-06-01T04:14:29.348876Z'],
    ['modifieddate', '2017-06-01T04:14:29', '2017-06-01T04:14:29.000001'],
  ])('is ordered by %s to the microsecond: %s before %s', (field, earlier, later) => {
    const [first, second] = [factOf({ [field]: earlier }), factOf({ [field]: later })];
    expect(compareFacts(first, second)).toBeLessThan(0);
    expect(compareFacts(second, first)).toBeGreaterThan(0);
  });

  it.each([
    ['claim_id_missing', { ...claim.data, id: null, claim_medical_id: null }],
    ['event_time_missing', { ...claim.data, last_updated_status: null, modifieddate: 'x' }],
  ])('that cannot be processed is kept as %s, answered 406', (reason, data) => {
    expect(receive('claims', { data })).toEqual({ kind: 'malformed', reason });
    expect(normalise({ data })).toEqual({ kind: 'quarantine', reason });
    expect(tpastream.malformedStatus).toBe(406);
  });
});

describe('a first crawl completion of TPA Stream', () => {
  const type = 'tpastream.first_crawl_completion';
  const success = fixture('tpa-crawl.success.inferred');

  it('is an event of its own every time: two failed crawls send the same body', () => {
    expect(receive('first-crawl-completions', fixture('tpa-crawl.failure'))).toEqual({
      kind: 'accepted',
      identity: null,
      entityId: '189162',
      eventType: type,
      account: null,
    });
  });

  it('is a notice at the time of its receipt', () => {
    expect(normalise(success, type)).toMatchObject({
      kind: 'notice',
      notice: {
        type: 'crawl.completed',
        entity: '189162',
        occurredAt: '2026-10-01T12:00:00.000Z',
        data: { success: true, loginProblem: 'valid', memberIds: ['63167'], claimIds: ['10004', '10007', '10008'] },
      },
    });
  });

  it('without claim ids does not know them, which is not "none"', () => {
    expect(normalise(fixture('tpa-crawl.failure'), type)).toMatchObject({
      notice: { data: { success: false, claimIds: null } },
    });
    expect(normalise({ data: { ...success.data, crawl_claim_ids: [] } }, type)).toMatchObject({
      notice: { data: { claimIds: [] } },
    });
  });

  it('that is none is quarantined: a claim posted to its route, or one without an outcome', () => {
    expect(receive('claims', success)).toEqual({ kind: 'malformed', reason: 'claim_id_missing' });
    expect(normalise(claim, type)).toEqual({ kind: 'quarantine', reason: 'crawl_outcome_missing' });
    expect(receive('first-crawl-completions', { data: {} })).toEqual({
      kind: 'malformed',
      reason: 'policy_holder_id_missing',
    });
  });
});
