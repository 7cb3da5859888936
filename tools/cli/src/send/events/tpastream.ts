import { randomInt } from 'node:crypto';
import { tpaClaim, tpaCrawl } from '@claimwire/testkit/senders';
import { UsageError } from '../../usage-error.js';
import { type EventInput, type EventKind, sameId, wholeNumber } from './event-kind.js';

const newClaim = () => String(randomInt(1_000_000_000, 2 ** 47));

function claimBody({ claim, status, at }: EventInput): object {
  const time = at.toISOString();
  return tpaClaim({
    id: wholeNumber(claim, "TPA Stream's id"),
    status: status === 'null' ? null : status,
    lastUpdatedStatus: time,
    modifiedDate: time,
  });
}

/** The body has no time: sent twice, it is two events. */
function crawlBody({ claim, status }: EventInput): object {
  const policyHolderId = wholeNumber(claim, 'policy_holder.id');
  switch (status) {
    case 'success':
      return tpaCrawl({ policyHolderId, claimIds: [10_004, 10_007] });
    case 'failure':
      return tpaCrawl({ policyHolderId, success: false });
    case 'replay':
      return tpaCrawl({ policyHolderId });
    default:
      throw new UsageError(`--status ${status}: a first crawl ends in success, failure or replay.`);
  }
}

export const TPASTREAM_EVENTS: readonly EventKind[] = [
  {
    name: 'claim',
    route: 'claims',
    help: 'the claim webhook',
    statuses: '"In Process", Processed, Adjusted, "Partially Approved", Rejected, null, or any text',
    defaultStatus: 'Processed',
    claim: 'data.id, a whole number',
    newClaim,
    claimId: sameId,
    body: claimBody,
  },
  {
    name: 'crawl',
    route: 'first-crawl-completions',
    help: 'first crawl completion',
    statuses: 'success, failure, or replay (which names no claims)',
    defaultStatus: 'success',
    claim: 'policy_holder.id, a whole number',
    newClaim,
    claimId: null,
    body: crawlBody,
  },
];
