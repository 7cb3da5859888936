import type { ClaimEvent, ClaimEventType, ClaimState } from '@claimwire/contracts';
import type { ClaimAccumulator } from './claim-accumulator.js';
import type { ClaimFact } from './claim-fact.js';
import { compareInstants } from './instant.js';
import { sameAmounts, sameReasons } from './same.js';

/** What `GET /v1/claims/{claimKey}` and `claims.state.v1` say of a claim with `version` stored events. */
export function claimState(accumulator: ClaimAccumulator, version: number): ClaimState {
  const { claimKey, tenant, provider, status, previousStatus, statusSince, attempt, payment } = accumulator;
  return {
    claimKey,
    tenant,
    provider,
    status,
    previousStatus,
    statusSince,
    version,
    attempt,
    flags: [...accumulator.flags],
    amounts: accumulator.amounts,
    payment,
    reasons: [...accumulator.reasons],
    aliases: [...accumulator.aliases],
    firstReceivedAt: accumulator.firstReceivedAt,
    lastReceivedAt: accumulator.lastReceivedAt,
  };
}

/** SPEC, L17: what the event did to the state. */
export function eventType(before: ClaimAccumulator | null, after: ClaimAccumulator, late: boolean): ClaimEventType {
  if (before === null || before.status !== after.status) return 'claim.status_changed';
  const unchanged =
    compareInstants(before.statusSince, after.statusSince) === 0 &&
    sameReasons(before.reasons, after.reasons) &&
    sameAmounts(before.amounts, after.amounts);
  return late && unchanged ? 'claim.history_amended' : 'claim.updated';
}

export interface Step {
  before: ClaimAccumulator | null;
  after: ClaimAccumulator;
  fact: ClaimFact;
  version: number;
  late: boolean;
}

/** The message that one newly stored event yields: the state after the fold, and what this one webhook said. */
export function claimMessage({ before, after, fact, version, late }: Step): ClaimEvent {
  return {
    id: fact.eventId,
    type: eventType(before, after, late),
    tenant: fact.tenant,
    claimKey: fact.claimKey,
    version,
    attempt: after.attempt,
    status: after.status,
    previousStatus: after.previousStatus,
    late,
    flags: [...after.flags],
    occurredAt: fact.occurredAt,
    receivedAt: fact.receivedAt,
    cause: {
      provider: fact.provider,
      connection: fact.connection,
      event: fact.event,
      status: fact.status,
      reportedBy: fact.reportedBy,
      transaction: fact.transaction,
      partnership: fact.partnership,
      environment: fact.environment,
      reasons: fact.reasons,
    },
    amounts: after.amounts,
    payment: after.payment,
    lines: [...after.lines],
    serviceDates: after.serviceDates,
    aliases: [...after.aliases],
    raw: fact.raw,
  };
}
