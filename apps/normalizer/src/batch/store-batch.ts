import {
  FencedError,
  inTransaction,
  loadHistories,
  lockClaims,
  readErasureKeys,
  upsertClaims,
  type Advance,
  type ClaimRow,
  type ErasureKeyRow,
  type ErasureLedger,
  type Lane,
  type LaneStore,
  type Pool,
  type PoolClient,
  type StoredClaim,
} from '@claimwire/postgres';
import type { PublishRecord } from '@claimwire/kafka';
import {
  eventRecord,
  noticeRecord,
  stateRecord,
  type ArrivedFact,
  type ArrivedNotice,
  type NormalisedBatch,
} from '@claimwire/normalizing';
import { mayDieAt } from '../fault-points.js';
import {
  insertEvents,
  insertNotices,
  storedEventIds,
  type EventRow,
  type NoticeRow,
} from './claim-batch.repository.js';
import { claimsInNeedOfHistory, groupByClaim, planClaims, withoutDuplicates } from './plan-claims.js';

export interface StoredBatch {
  /** Committed outgoing messages in lane order: each event, then the newest state of its claim, then notices. */
  records: PublishRecord[];
  /** Number of the last of them in the lane. */
  upTo: bigint;
  stored: number;
  duplicates: number;
  /** Events of claims that were erased: dropped. */
  erased: number;
  late: number;
  claims: number;
  notices: number;
}

export interface BatchPlace {
  lane: Lane;
  nextOffset: bigint;
  /** `lastSeq`: newest message that this process knows to be committed. */
  outbox: Pick<Required<Advance>, 'sentSeq' | 'leaseMs'> & { lastSeq: bigint };
  erasures: Pick<ErasureLedger, 'among'>;
}

interface PlannedEvents {
  rows: EventRow[];
  claims: ClaimRow[];
  records: PublishRecord[];
}

const NOTHING: PlannedEvents = { rows: [], claims: [], records: [] };

/**
 * Everything that a batch changes, in one transaction (docs/architecture.md, guarantee 4): the lane moves on, new events, the state after
 * them, and the outgoing messages, which are the stored ones themselves.
 * @throws FencedError when another process has claimed the lane, or when a commit whose answer got lost did happen: its
 *   messages are unknown to us, and claiming the lane anew sends them. Nothing is stored then.
 */
export function storeBatch(
  pool: Pool,
  store: LaneStore,
  { facts, notices }: Pick<NormalisedBatch, 'facts' | 'notices'>,
  { lane, nextOffset, outbox, erasures }: BatchPlace,
): Promise<StoredBatch> {
  return inTransaction(pool, async (client, commit) => {
    // Numbers for all that may be stored: those that turn out to be duplicates leave gaps, which harm nobody.
    const messages = facts.length + notices.length;
    const { laneId } = lane;
    const { sentSeq, leaseMs } = outbox;
    // The lane first: its row is the fence, and what follows waits behind it. One round trip for all of them.
    const [upTo, known, stored, erasureKeys] = await Promise.all([
      store.advance(client, lane, nextOffset, { sentSeq, leaseMs, messages }),
      storedEventIds(
        client,
        facts.map(({ fact }) => fact.eventId),
      ),
      lockClaims(client, [...new Set(facts.map(({ fact }) => fact.claimKey))]),
      readErasureKeys(client),
    ]);
    const firstSeq = upTo - BigInt(messages) + 1n;
    if (firstSeq !== outbox.lastSeq + 1n) throw new FencedError(lane);
    const fresh = withoutDuplicates(facts, known);
    const events = await planEvents({ client, firstSeq, stored, erasures, erasureKeys }, fresh);
    const noticeRows = rowsOf(notices, firstSeq + BigInt(facts.length));
    await mayDieAt('normalizer.before-commit');
    // One round trip for what is left.
    const [, , newNotices] = await Promise.all([
      insertEvents(client, laneId, events.rows),
      upsertClaims(client, events.claims),
      insertNotices(client, laneId, noticeRows),
      commit(),
    ]);
    const noticeRecords = noticeRows
      .filter(({ notice }) => newNotices.has(notice.id))
      .map(({ notice, message, traceparent }) => noticeRecord(notice, message, traceparent));
    return {
      records: [...events.records, ...noticeRecords],
      upTo,
      stored: events.rows.length,
      duplicates: facts.length - fresh.length,
      erased: fresh.length - events.rows.length,
      late: events.rows.filter(({ late }) => late).length,
      claims: events.claims.length,
      notices: noticeRecords.length,
    };
  });
}

interface EventsPlace {
  client: PoolClient;
  firstSeq: bigint;
  /** All claims of the batch that there are, locked. */
  stored: ReadonlyMap<string, StoredClaim>;
  erasures: BatchPlace['erasures'];
  erasureKeys: readonly ErasureKeyRow[];
}

async function planEvents(place: EventsPlace, arrived: readonly ArrivedFact[]): Promise<PlannedEvents> {
  const { client, firstSeq, stored } = place;
  if (arrived.length === 0) return NOTHING;
  const fresh = await withoutErased(place, arrived);
  if (fresh.length === 0) return NOTHING;
  const facts = fresh.map(({ fact }) => fact);
  const groups = groupByClaim(facts);
  const histories = await loadHistories(client, claimsInNeedOfHistory(groups, stored));
  const { events, claims } = planClaims(facts, groups, stored, histories);
  const rows = events.map(({ fact, version, late, message }, index): EventRow => ({
    fact,
    version,
    late,
    message: JSON.stringify(message),
    laneSeq: firstSeq + BigInt(index),
  }));
  const states = new Map(claims.map(({ claimKey, version, state }) => [`${claimKey}#${version}`, state]));
  const records = events.flatMap(({ message }, index) => {
    const { traceparent } = fresh[index] as ArrivedFact;
    const event = eventRecord(message, (rows[index] as EventRow).message, traceparent);
    const state = states.get(`${message.claimKey}#${message.version}`);
    return state === undefined ? [event] : [event, stateRecord(message, state, traceparent)];
  });
  return { rows, claims, records };
}

/** After the locks: an erasure that was under way is over then, and its claims have no row. */
async function withoutErased(
  { client, stored, erasures, erasureKeys }: EventsPlace,
  arrived: readonly ArrivedFact[],
): Promise<readonly ArrivedFact[]> {
  const unknown = new Set(arrived.map(({ fact }) => fact.claimKey).filter((claimKey) => !stored.has(claimKey)));
  const erased = await erasures.among(client, [...unknown], erasureKeys);
  return erased.size === 0 ? arrived : arrived.filter(({ fact }) => !erased.has(fact.claimKey));
}

interface TracedNoticeRow extends NoticeRow {
  traceparent: string | undefined;
}

/** A notice that is there twice counts once. */
function rowsOf(notices: readonly ArrivedNotice[], firstSeq: bigint): TracedNoticeRow[] {
  const unique = new Map(notices.map((arrived) => [arrived.notice.id, arrived]));
  return [...unique.values()].map(({ notice, headers }, index) => ({
    notice,
    message: JSON.stringify(notice),
    laneSeq: firstSeq + BigInt(index),
    traceparent: headers.traceparent,
  }));
}
