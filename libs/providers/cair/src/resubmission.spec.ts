import { foldClaim, type ClaimFact } from '@claimwire/claim';
import { describe, expect, it } from 'vitest';
import { cair } from './index.js';

const source = cair.sources[0]!;

function fact(minute: number, newStatus: string, previousStatus: string | null): ClaimFact {
  const timestamp = `2025-03-11T14:${String(minute).padStart(2, '0')}:00.000Z`;
  const body = { claimFhirId: 'claim-1', claimLifecycleId: 'life-1', newStatus, previousStatus, timestamp };
  const outcome = source.normalise({
    headers: {
      id: `raw_${minute}`,
      source: '/ingress/cair',
      type: 'cair.CLAIM_STATUS_CHANGE',
      time: '2025-03-11T15:00:00.000Z',
      tenant: 'demo',
      connection: 'con_1',
      contentType: 'application/json',
    },
    body: Buffer.from(JSON.stringify(body)),
    raw: { topic: 'claims.raw.cair.v1', partition: 0, offset: '0', sha256: '' },
    settings: {},
  });
  if (outcome.kind !== 'facts' || !outcome.facts[0]) throw new Error(JSON.stringify(outcome));
  return outcome.facts[0];
}

describe('a claim that is submitted again', () => {
  const story = [
    fact(1, 'Failed_To_Submit', null),
    fact(2, 'Submitted', 'Failed_To_Submit'),
    fact(3, 'Rejected', 'Submitted'),
    fact(4, 'Submitted', 'Rejected'),
  ];

  it('is a new attempt after each failure, in whatever order that is told', () => {
    for (const order of [story, [...story].reverse(), [story[2]!, story[0]!, story[3]!, story[1]!]]) {
      expect(foldClaim(order)).toMatchObject({
        status: 'submitted',
        previousStatus: 'rejected',
        attempt: 3,
        flags: [],
      });
    }
  });

  it('shows a gap as long as the rejection in between is not known', () => {
    expect(foldClaim([story[1]!, story[3]!]).flags).toEqual(['gap']);
    expect(foldClaim([story[1]!, story[3]!, story[2]!]).flags).toEqual(['gap']);
    expect(foldClaim(story).flags).toEqual([]);
  });
});
