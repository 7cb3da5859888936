import { readFileSync } from 'node:fs';
import { compileFields, findDrift } from '@claimwire/provider-kit';
import { describe, expect, it } from 'vitest';
import { knownFields } from './known-fields.js';

function driftOf(eventType: string, body: object): string[] {
  const known = knownFields(eventType);
  if (!known) throw new Error(`${eventType} is not described`);
  const found: string[] = [];
  findDrift(compileFields(known), body as Record<string, unknown>, (kind, path) => found.push(`${kind} ${path}`));
  return found;
}

interface Event {
  'detail-type': string;
  detail: Record<string, unknown>;
}

const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as T;
const TYPE = 'stedi.transaction.processed.v2';
const wrapped = (detail: object = {}) => {
  const { event } = fixture<{ event: Event }>('stedi-transaction-processed-v2.277');
  return { event: { ...event, detail: { ...event.detail, ...detail } } };
};
const thin = (more: object = {}) => ({ ...fixture<object>('stedi-event-destination.transaction.processed'), ...more });
const part277 = (category: string, lineCategory = 'A3', line: object = {}) => {
  const status = (code: string) => ({ healthCareClaimStatusCategoryCode: code, statusCode: '21' });
  const claimStatus = { informationClaimStatuses: [{ informationStatuses: [status(category)] }] };
  const serviceClaimStatuses = [{ effectiveDate: '20250201', serviceStatuses: [status(lineCategory)] }];
  const service = { procedureCode: '97155', procedureModifiers: ['GT'], serviceIdQualifierCode: 'HC' };
  const serviceLines = [{ lineItemControlNumber: '1', service, serviceClaimStatuses, ...line }];
  return { kind: '277', claim: { claimStatus, serviceLines } };
};
const part835 = (claimPaymentInfo: object, claimAdjustmentGroupCode = 'CO') => ({
  kind: '835',
  claim: { claimPaymentInfo, claimAdjustments: [{ claimAdjustmentGroupCode, adjustmentReasonCode6: '45' }] },
});

describe('what Stedi documents', () => {
  it.each([
    ['a wrapped event', TYPE, wrapped()],
    ['a bare event', TYPE, wrapped().event],
    ['an older, flat event', 'stedi.transaction.processed.v1', wrapped({ x12: { transactionSetIdentifier: 277 } })],
    ['a thin event', 'stedi.transaction.processed', thin()],
    ['a wrapped thin event', 'stedi.transaction.processed', { v1Event: thin() }],
    ['what polling found', TYPE, wrapped({ status: 'succeeded', translationErrors: [], businessIdentifiers: [] })],
    ['a claim of a 277CA', 'stedi.report.277', part277('R17')],
    ['a payment of an 835', 'stedi.report.835', part835({ claimStatusCode: '22', dischargeFraction: '1' })],
  ])('is no drift in %s', (_name, eventType, body) => {
    expect(driftOf(eventType, body)).toEqual([]);
  });

  it.each([
    ['an event', TYPE, wrapped({ priority: 'high' }), 'event.detail.priority'],
    ['a bare event', TYPE, wrapped({ x12: { parts: [1] } }).event, 'detail.x12.parts'],
    ['a thin event', 'stedi.transaction.processed', thin({ data: {} }), 'data'],
    ['a line', 'stedi.report.277', part277('A3', 'A3', { note: 'x' }), 'claim.serviceLines[].note'],
    ['a payment', 'stedi.report.835', part835({ carrier: { name: 'ANON' } }), 'claim.claimPaymentInfo.carrier'],
  ])('tells a member that is new in %s, by its path', (_name, eventType, body, path) => {
    expect(driftOf(eventType, body)).toEqual([`field ${path}`]);
  });

  it.each([
    ['a status category', 'stedi.report.277', part277('Z9')],
    ["a line's status category", 'stedi.report.277', part277('A3', 'Z9')],
    ['a claim status', 'stedi.report.835', part835({ claimStatusCode: '77' })],
    ['an adjustment group', 'stedi.report.835', part835({}, 'XX')],
    ['a direction', TYPE, wrapped({ direction: 'SIDEWAYS' })],
    ['a mode', TYPE, wrapped({ mode: 'rehearsal' })],
    ['an environment', 'stedi.transaction.processed', thin({ environment: 'STAGING' })],
  ])('tells %s that nobody knows, without its value', (_name, eventType, body) => {
    const drift = driftOf(eventType, body);
    expect(drift).toEqual([expect.stringMatching(/^word /)]);
    expect(drift.join()).not.toMatch(/Z9|77|XX|SIDEWAYS|rehearsal|STAGING/);
  });

  it('says nothing of events that are about no claim', () => {
    expect(knownFields('stedi.file.processed.v2')).toBeUndefined();
  });
});
