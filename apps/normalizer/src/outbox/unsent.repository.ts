import type { ClaimEvent, Notice } from '@claimwire/contracts';
import type { PublishRecord } from '@claimwire/kafka';
import { eventRecord, noticeRecord, stateRecord } from '@claimwire/normalizing';
import type { Pool } from '@claimwire/postgres';

export interface Page {
  records: PublishRecord[];
  /** Number of the last message in `records`. */
  upTo: bigint;
}

interface Row {
  seq: string;
  kind: 'event' | 'notice';
  message: string;
  /** Present on the last unsent event of each claim of the page. */
  state: string | null;
}

const PAGE_SIZE = 1_000;

/**
 * Outgoing messages that an earlier holder of the lane committed and did not see acknowledged, in lane order; with the last
 * one of each claim goes the claim's state as it stands now.
 * @returns null when there is nothing after `after`
 */
export async function readUnsent(pool: Pool, laneId: number, after: bigint): Promise<Page | null> {
  const { rows } = await pool.query<Row>(
    `with unsent as (
       select lane_seq as seq, 'event' as kind, message, claim_key, version from claim_events
         where lane_id = $1 and lane_seq > $2
       union all
       select lane_seq, 'notice', message, null, null from notices where lane_id = $1 and lane_seq > $2
       order by seq limit $3
     )
     , marked as (select *, max(version) over (partition by claim_key) = version as newest from unsent)
     select seq, kind, message, case when newest then claims.state::text end as state
     from marked left join claims on claims.claim_key = marked.claim_key
     order by seq`,
    [laneId, String(after), PAGE_SIZE],
  );
  const last = rows.at(-1);
  return last ? { records: rows.flatMap(toRecords), upTo: BigInt(last.seq) } : null;
}

function toRecords({ kind, message, state }: Row): PublishRecord[] {
  if (kind === 'notice') return [noticeRecord(JSON.parse(message) as Notice, message)];
  const event = JSON.parse(message) as ClaimEvent;
  return state === null ? [eventRecord(event, message)] : [eventRecord(event, message), stateRecord(event, state)];
}
