import { readFileSync } from 'node:fs';
import type { ConnectionSettings, NormaliseOutcome } from '@claimwire/provider-kit';
import { describe, expect, it } from 'vitest';
import { cair } from './provider.js';

const rejected = JSON.parse(
  readFileSync(new URL('../fixtures/cair-claim-status-change.rejected.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;

function normalise(body: object, settings: ConnectionSettings = {}): NormaliseOutcome {
  return cair.sources[0]!.normalise({
    headers: {
      id: 'raw_1',
      source: '/connections/con_1',
      type: 'cair.CLAIM_STATUS_CHANGE',
      time: '2025-03-11T14:35:01.120Z',
      tenant: 'demo',
      connection: 'con_1',
      contentType: 'application/json',
    },
    body: Buffer.from(JSON.stringify(body)),
    raw: { topic: 'claims.raw.cair.v1', partition: 3, offset: '42', sha256: '' },
    settings,
  });
}

function factOf(more: object, settings: ConnectionSettings = {}) {
  const outcome = normalise({ ...rejected, ...more }, settings);
  if (outcome.kind !== 'facts' || !outcome.facts[0]) throw new Error(JSON.stringify(outcome));
  return outcome.facts[0];
}

describe('a CLAIM_STATUS_CHANGE of CAIR', () => {
  it.each([
    ['Submitted', 'submitted', 'provider'],
    ['Rejected', 'rejected', 'clearinghouse'],
    ['Failed_To_Submit', 'submission_failed', 'provider'],
    ['Paid', 'unknown', null],
    ['submitted', 'unknown', null],
    [undefined, 'unknown', null],
  ])('with status %s is %s, reported by %s', (newStatus, status, reportedBy) => {
    expect(factOf({ newStatus })).toMatchObject({ status, reportedBy, providerStatus: newStatus ?? null });
  });

  it('is a fact about its FHIR id, with the lifecycle id as alias', () => {
    expect(factOf({})).toMatchObject({
      claimKey: 'demo/cair/0b6f7f6e-2a0c-4b7d-9a53-1d3f0c7c9e01',
      event: 'CLAIM_STATUS_CHANGE',
      occurredAt: '2025-03-11T14:35:00.000Z',
      receivedAt: '2025-03-11T14:35:01.120Z',
      environment: 'production',
      transaction: null,
      currency: 'USD',
      aliases: [{ system: 'cair.claimLifecycleId', value: 'c2a4f1d0-7f61-4f0b-8b0e-6f2f5a9d1b02' }],
      raw: { partition: 3, offset: '42' },
    });
  });

  it.each(['6', '12', '15', '21'])('keeps the ambiguous code %s as a reason and never classifies by it', (code) => {
    expect(factOf({ statusCode277: code })).toMatchObject({
      status: 'rejected',
      reasons: [{ system: 'x12.277', code }],
    });
    expect(factOf({ newStatus: 'Submitted', statusCode277: code }).status).toBe('submitted');
  });

  it('carries submission errors as text, with the HTTP status as code', () => {
    const submissionFailureErrors = ['Failed to submit claim (HTTP 400).', 'No route', 7, ''];
    expect(
      factOf({ newStatus: 'Failed_To_Submit', statusCode277: undefined, submissionFailureErrors }).reasons,
    ).toEqual([
      { system: 'cair.submission_error', code: 'http_400', text: 'Failed to submit claim (HTTP 400).' },
      { system: 'cair.submission_error', code: 'unspecified', text: 'No route' },
    ]);
  });

  it('names the previous status where CAIR does', () => {
    expect(factOf({ previousStatus: 'Submitted' }).claimedPreviousStatus).toBe('submitted');
    expect(factOf({ previousStatus: 'Draft' }).claimedPreviousStatus).toBe('unknown');
    expect(factOf({}).claimedPreviousStatus).toBeNull();
  });

  it('takes the currency of the connection', () => {
    expect(factOf({}, { currency: 'CAD' }).currency).toBe('CAD');
    expect(factOf({}, { currency: null }).currency).toBeNull();
  });

  it('of an organisation that is not the connection’s is quarantined', () => {
    const quarantine = { kind: 'quarantine', reason: 'unexpected_account' };
    expect(normalise(rejected, { expectedAccounts: ['org-other'] })).toEqual(quarantine);
    expect(normalise({ ...rejected, organizationId: undefined }, { expectedAccounts: ['org-7f3a'] })).toEqual(
      quarantine,
    );
    expect(normalise(rejected, { expectedAccounts: ['org-other', 'org-7f3a'] }).kind).toBe('facts');
  });

  it.each([
    ['claim_id_missing', { ...rejected, claimFhirId: '' }],
    ['claim_id_missing', {}],
    ['event_time_missing', { ...rejected, timestamp: 'soon' }],
    ['unknown_event', { resourceType: 'ClaimResponse', id: '1' }],
    ['not_a_json_object', [rejected]],
  ])('that cannot be processed is kept as %s', (reason, body) => {
    expect(normalise(body)).toEqual({ kind: 'quarantine', reason });
    expect(cair.routes[0]!.receive(Buffer.from(JSON.stringify(body)))).toEqual({ kind: 'malformed', reason });
  });

  it('tells the ingress its claim, type and organisation', () => {
    expect(cair.routes[0]!.receive(Buffer.from(JSON.stringify(rejected)))).toMatchObject({
      entityId: rejected.claimFhirId,
      eventType: 'cair.CLAIM_STATUS_CHANGE',
      account: 'org-7f3a',
    });
  });
});
