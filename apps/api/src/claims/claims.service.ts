import { Inject, Injectable } from '@nestjs/common';
import { claimHistory, claimState, foldClaim, type ClaimHistoryEntry, type StoredFact } from '@claimwire/claim';
import type { ClaimState } from '@claimwire/contracts';
import { Claim, DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { decodeCursor, toPage, type Page } from '../http/page.js';
import { notFound, Problem } from '../http/problem.js';
import type { ListClaims, ListHistory } from './claims.dto.js';
import { historyInOrder, stateInOrder } from './documented-order.js';
import { flagIncomplete } from './incomplete-claims.js';
import { listStatement, type ClaimFilter, type ListPlace, type Statement } from './list-claims.js';
import { pointInTime } from './point-in-time.js';
import { searchClaims, type Found } from './search-claims.js';

interface ListRow {
  claim_key: string;
  state: ClaimState;
  changed: string;
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?[+-]\d{2}(:\d{2})?$/;

@Injectable()
export class ClaimsService {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Last changed first. A claim that changes while the list is paged moves to its front, and may be missed on a later page. */
  async list({ tenant }: Caller, { status, provider, q, limit, cursor }: ListClaims): Promise<Page<ClaimState>> {
    const place = cursor === undefined ? null : placeOf(cursor);
    const filter = { tenant, status, provider };
    const rows = q === undefined ? await this.rows(filter, place, limit) : await this.search(filter, q, place, limit);
    const page = toPage(
      rows,
      limit,
      (row) => [row.changed, row.claim_key],
      (row) => row.state,
    );
    return { ...page, data: (await this.flagged(page.data)).map(stateInOrder) };
  }

  /** @returns one more than `limit` where there is a next page */
  private rows(filter: ClaimFilter, place: ListPlace | null, limit: number): Promise<ListRow[]> {
    return this.query(listStatement(filter, place, limit + 1));
  }

  private async search(filter: ClaimFilter, q: string, place: ListPlace | null, limit: number): Promise<ListRow[]> {
    const search = await searchClaims(filter.tenant, q, (statement) => this.query<Found>(statement));
    const rows = await this.rows({ ...filter, ...search.atHand }, place, limit);
    return rows.length > limit ? rows : this.rows({ ...filter, ...(await search.whole()) }, place, limit);
  }

  private flagged(states: readonly ClaimState[]): Promise<ClaimState[]> {
    return flagIncomplete(states, (statement) => this.query(statement));
  }

  private query<Row>({ text, values }: Statement): Promise<Row[]> {
    return this.dataSource.query(text, values);
  }

  /** @param asOf what was known then: the fold of the events received until that time @throws Problem 404 */
  async get({ tenant }: Caller, claimKey: string, asOf?: string): Promise<ClaimState> {
    if (asOf !== undefined) return this.stateAsOf(tenant, claimKey, pointInTime('asOf', asOf));
    const claim = await this.dataSource.getRepository(Claim).findOneBy({ claimKey, tenantId: tenant });
    if (!claim) throw notFound('claim');
    const [state = claim.state] = await this.flagged([claim.state]);
    return stateInOrder(state);
  }

  /** A claim has few events, and a late one may stand anywhere among them: all are read, then cut into pages. */
  async history(caller: Caller, claimKey: string, query: ListHistory): Promise<Page<ClaimHistoryEntry>> {
    const { order, limit, cursor, asOf } = query;
    const until = asOf === undefined ? null : pointInTime('asOf', asOf);
    const entries = claimHistory(await this.stored(caller.tenant, claimKey, until));
    if (entries.length === 0) throw notFound('claim');
    if (order === 'received') entries.sort((a, b) => a.version - b.version);
    const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
    const start = after === undefined ? 0 : entries.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && start === 0) throw new Problem(400, 'The cursor is not one of this list.');
    return toPage(entries.slice(start), limit, ({ id }) => [id], historyInOrder);
  }

  private async stateAsOf(tenant: string, claimKey: string, until: string): Promise<ClaimState> {
    const facts = (await this.stored(tenant, claimKey, until)).map(({ fact }) => fact);
    if (facts.length === 0) throw notFound('claim');
    return stateInOrder(claimState(foldClaim(facts), facts.length));
  }

  /** In order of arrival. @param until the latest receipt, null = all */
  private stored(tenant: string, claimKey: string, until: string | null): Promise<StoredFact[]> {
    return this.dataSource.query(
      `select version, late, fact from claim_events
       where claim_key = $1 and tenant_id = $2 and ($3::timestamptz is null or received_at <= $3) order by version`,
      [claimKey, tenant, until],
    );
  }
}

/** @throws Problem 400 */
function placeOf(cursor: string): ListPlace {
  const [changed = '', claimKey = ''] = decodeCursor(cursor, 2);
  if (!TIMESTAMP.test(changed)) throw new Problem(400, 'The cursor is not one of this list.');
  return { changed, claimKey };
}
