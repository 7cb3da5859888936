import { Inject, Injectable } from '@nestjs/common';
import { DATA_SOURCE, QuarantineItem } from '@claimwire/postgres/schema';
import { DataSource, In, type EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { type Caller, NO_TENANT } from '../auth/caller.js';
import { notFound, Problem } from '../http/problem.js';
import { RawMessages } from '../raw-messages.js';
import { lockItem, selectedItems } from './find-items.js';
import { toView } from './quarantine-view.js';
import type { DiscardItems, ItemSelection, ProgressView, QuarantineView } from './quarantine.dto.js';
import { QuarantinedBytes } from './quarantined-bytes.js';
import { retryRecord } from './retry-record.js';

/** Messages that are in memory at once; one may have 4 MiB. */
const CHUNK = 50;
/** After this a request begins no further chunk: it answers how far it came. */
const ENOUGH_MS = 20_000;

@Injectable()
export class QuarantineService {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly raw: RawMessages,
    private readonly bytes: QuarantinedBytes,
  ) {}

  /** @throws Problem 404 */
  async get({ tenant }: Caller, id: string): Promise<QuarantineItem> {
    const item = await this.dataSource.getRepository(QuarantineItem).findOneBy({ id, tenantId: tenant });
    if (!item) throw notFound('quarantined event');
    return item;
  }

  /** Audited before it is read: an answer without an entry must not exist. @throws Problem 404, 410, 503 */
  async rawBody(caller: Caller, id: string): Promise<Buffer> {
    const item = await this.get(caller, id);
    await audit(this.dataSource.manager, caller, 'quarantine.raw_read', id);
    return (await this.bytes.read(item)).value ?? Buffer.alloc(0);
  }

  /** @throws Problem 404, 409 for a discarded one, 410, 503 */
  async retry(caller: Caller, id: string): Promise<QuarantineView> {
    refuseOfNobody(caller);
    return this.dataSource.transaction(async (manager) => {
      const item = await lockItem(manager, caller, id);
      if (item.status === 'discarded') throw new Problem(409, 'The event was discarded.');
      const record = retryRecord(item, await this.bytes.read(item));
      // before the commit: a retry that is published twice is cut by its ce_id, one that is not published is lost
      await this.raw.publish([record]);
      const settled = await manager.save(Object.assign(item, { status: 'retried' as const, settledAt: new Date() }));
      await audit(manager, caller, 'quarantine.retried', id, { topic: record.topic });
      return toView(settled);
    });
  }

  /** @throws Problem 404, 409 for one that is not open */
  discard(caller: Caller, id: string, reason: string): Promise<QuarantineView> {
    return this.dataSource.transaction(async (manager) => {
      const item = await lockItem(manager, caller, id);
      if (item.status !== 'open') throw new Problem(409, `The event was ${item.status} before.`);
      const settling = { status: 'discarded' as const, settledAt: new Date(), discardReason: reason };
      const settled = await manager.save(Object.assign(item, settling));
      await audit(manager, caller, 'quarantine.discarded', id, { reason });
      return toView(settled);
    });
  }

  /** First received first, in chunks of which each is settled by itself. @throws Problem 422; 409; 503 when nothing was done */
  async retryMany(caller: Caller, selection: ItemSelection): Promise<ProgressView> {
    refuseOfNobody(caller);
    return this.inChunks(caller, selection, (manager, items) => this.retryChunk(manager, caller, items));
  }

  /** @throws Problem 422 */
  async discardMany(caller: Caller, { reason, ...selection }: DiscardItems): Promise<ProgressView> {
    return this.inChunks(caller, selection, async (manager, items) => {
      const ids = items.map(({ id }) => id);
      const settling = { status: 'discarded' as const, settledAt: new Date(), discardReason: reason };
      await manager.update(QuarantineItem, { id: In(ids) }, settling);
      await audit(manager, caller, 'quarantine.discarded', null, { reason, ids });
      return [];
    });
  }

  private async inChunks(
    caller: Caller,
    selection: ItemSelection,
    settle: (manager: EntityManager, items: QuarantineItem[]) => Promise<string[]>,
  ): Promise<ProgressView> {
    const until = performance.now() + ENOUGH_MS;
    const { ids, skipped } = await this.openItems(caller, selection);
    let settled = 0;
    for (let at = 0; at < ids.length && performance.now() < until; at += CHUNK) {
      try {
        const chunk = ids.slice(at, at + CHUNK);
        const { items, gone } = await this.dataSource.transaction(async (manager) => {
          const open = await lockOpen(manager, caller, chunk);
          return { items: open, gone: open.length === 0 ? [] : await settle(manager, open) };
        });
        settled += items.length - gone.length;
        skipped.push(...gone.map((id) => ({ id, reason: 'gone' as const })));
      } catch (error) {
        if (settled === 0 || !(error instanceof Problem)) throw error;
        break;
      }
    }
    const open = selectedItems(this.dataSource.manager, caller, selection).andWhere("item.status = 'open'");
    return { settled, skipped, remaining: await open.getCount() };
  }

  private async openItems(caller: Caller, selection: ItemSelection) {
    const builder = selectedItems(this.dataSource.manager, caller, selection);
    if (selection.ids === undefined) builder.andWhere("item.status = 'open'").limit(selection.limit);
    const items = await builder.orderBy('item.received_at').addOrderBy('item.id').getMany();
    const open = items.filter(({ status }) => status === 'open').map(({ id }) => id);
    const known = new Map(items.map(({ id, status }) => [id, status]));
    const skipped: ProgressView['skipped'] = (selection.ids ?? [])
      .filter((id) => known.get(id) !== 'open')
      .map((id) => ({ id, reason: known.has(id) ? 'not_open' : 'not_found' }));
    return { ids: open.slice(0, selection.limit), skipped };
  }

  /** @returns ids of those whose bytes are gone */
  private async retryChunk(manager: EntityManager, caller: Caller, items: QuarantineItem[]): Promise<string[]> {
    const messages = await this.bytes.readAll(items);
    const there = items.filter((_, index) => messages[index]);
    const records = items.flatMap((item, index) => (messages[index] ? [retryRecord(item, messages[index])] : []));
    if (records.length > 0) {
      await this.raw.publish(records);
      const ids = there.map(({ id }) => id);
      await manager.update(QuarantineItem, { id: In(ids) }, { status: 'retried', settledAt: new Date() });
      await audit(manager, caller, 'quarantine.retried', null, { ids });
    }
    return items.filter((item) => !there.includes(item)).map(({ id }) => id);
  }
}

/** Without readable headers nobody knows where it came from. @throws Problem 409 */
function refuseOfNobody({ tenant }: Caller): void {
  if (tenant === NO_TENANT)
    throw new Problem(409, 'What belongs to no tenant has no source to go back to: discard it.');
}

/** Those that are still open and that nobody else is at; first received first. */
const lockOpen = (manager: EntityManager, caller: Caller, ids: string[]): Promise<QuarantineItem[]> =>
  selectedItems(manager, caller, { ids, limit: ids.length })
    .andWhere("item.status = 'open'")
    .orderBy('item.received_at')
    .addOrderBy('item.id')
    .setLock('pessimistic_write')
    .setOnLocked('skip_locked')
    .getMany();
