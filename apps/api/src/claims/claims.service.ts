import { Inject, Injectable } from '@nestjs/common';
import { compareFacts, historyEntry, type ClaimFact, type HistoryEntry } from '@claimwire/claim';
import type { ClaimState } from '@claimwire/contracts';
import { Claim, DATA_SOURCE } from '@claimwire/postgres';
import { DataSource } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { decodeCursor, toPage, type Page } from '../http/page.js';
import { notFound, Problem } from '../http/problem.js';
import type { ListClaims, ListHistory } from './claims.dto.js';
import { historyInOrder, stateInOrder } from './documented-order.js';

/**
 * Last changed first. A claim that changes while the list is paged moves to its front, and may be missed on a later page.
 * The time goes through the cursor as text, because a Date would lose its microseconds.
 */
const LIST = `
  select claim_key, state, updated_at::text as changed from claims
  where tenant_id = $1
    and ($2::text is null or status = $2)
    and ($3::text is null or provider = $3)
    and ($4::text is null or position(lower($4) in lower(claim_key)) > 0 or position(lower($5) in lower(claim_key)) > 0
      or state -> 'aliases' @> jsonb_build_array(jsonb_build_object('value', $4)))
    and ($6::timestamptz is null or updated_at < $6 or (updated_at = $6 and claim_key > $7))
  order by updated_at desc, claim_key
  limit $8`;

interface ListRow {
  claim_key: string;
  state: ClaimState;
  changed: string;
}

interface StoredRow {
  version: number;
  late: boolean;
  fact: ClaimFact;
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?[+-]\d{2}(:\d{2})?$/;

@Injectable()
export class ClaimsService {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  async list({ tenant }: Caller, { status, provider, q, limit, cursor }: ListClaims): Promise<Page<ClaimState>> {
    const [changed = null, claimKey = null] = cursor === undefined ? [] : decodeCursor(cursor, 2);
    if (changed !== null && !TIMESTAMP.test(changed)) throw new Problem(400, 'The cursor is not one of this list.');
    const encoded = q === undefined ? null : encodeURIComponent(q.toWellFormed());
    const filters = [tenant, status ?? null, provider ?? null, q ?? null, encoded];
    const rows: ListRow[] = await this.dataSource.query(LIST, [...filters, changed, claimKey, limit + 1]);
    return toPage(
      rows,
      limit,
      (row) => [row.changed, row.claim_key],
      (row) => stateInOrder(row.state),
    );
  }

  /** @throws Problem 404 */
  async get({ tenant }: Caller, claimKey: string): Promise<ClaimState> {
    const claim = await this.dataSource.getRepository(Claim).findOneBy({ claimKey, tenantId: tenant });
    if (!claim) throw notFound('claim');
    return stateInOrder(claim.state);
  }

  /** A claim has few events, and a late one may stand anywhere among them: all are read, then cut into pages. */
  async history(caller: Caller, claimKey: string, { order, limit, cursor }: ListHistory): Promise<Page<HistoryEntry>> {
    await this.get(caller, claimKey);
    const rows: StoredRow[] = await this.dataSource.query(
      'select version, late, fact from claim_events where claim_key = $1 and tenant_id = $2 order by version',
      [claimKey, caller.tenant],
    );
    if (order === 'occurred') rows.sort((a, b) => compareFacts(a.fact, b.fact));
    const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
    const start = after === undefined ? 0 : rows.findIndex(({ fact }) => fact.eventId === after) + 1;
    if (after !== undefined && start === 0) throw new Problem(400, 'The cursor is not one of this list.');
    return toPage(
      rows.slice(start),
      limit,
      ({ fact }) => [fact.eventId],
      (row) => historyInOrder(historyEntry(row)),
    );
  }
}
