import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@claimwire/postgres';
import { BindingIndex } from '../matching/binding-index.js';
import type { Binding } from '../matching/binding-index.js';
import { readChanged, readOpenWriters, readVersion } from './configuration-state.js';
import type { Destination } from './destination.js';
import type { WebhookReader } from './webhook-reader.js';

/** The configuration as one look at PostgreSQL showed it. */
export interface ConfigurationSnapshot {
  /** `configuration_version` when it was read. */
  version: bigint;
  /** Every change up to this version is in it: those after it are read again by the next look. */
  settledVersion: bigint;
  /**
   * Transactions that may have raised the version and had not ended when the rows were read: until they do, the version says
   * nothing about their rows.
   */
  openWriters: ReadonlySet<string>;
  /** Rises with each look: a look that began later shows at least as much. */
  look: number;
  index: BindingIndex;
  /** Usable webhooks by id, in order of creation. */
  destinations: ReadonlyMap<string, Destination>;
}

interface Rows {
  bindings: Binding[];
  destinations: Destination[];
}

const BINDINGS = `select tenant_id as "tenantId", webhook_id as "webhookId", event_type as "eventType", filters
  from bindings where $1::text[] is null or webhook_id = any($1) order by created_at, id`;
/** Changes are noted for a day (housekeeping): whoever has read nothing for half of one reads everything. */
const NOTED_MS = 12 * 3_600_000;
/** With more to read than this, everything is read: as fast, and it forgets what was deleted. */
const MOST_CHANGED = 1_000;
const LONGEST_TURN_MS = 2_000;

/**
 * Bindings and webhooks in memory, never older than they may be: guarantee 6 wants a binding to hold for every event that
 * was accepted after its POST was answered. `current` compares the sequence that every change raises. A transaction that
 * raised it and has not committed yet is known by the lock that it holds: when one has ended, what changed is read again.
 */
export class Configuration {
  private snapshot: ConfigurationSnapshot | null = null;
  private readAt = -Infinity;
  private looks = 0;
  /** Looks follow one another: whoever waited for one that began after it asked takes that. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly webhooks: WebhookReader) {}

  get loaded(): ConfigurationSnapshot | null {
    return this.snapshot;
  }

  /** Looks that have begun; the next one has the next number. */
  get looksBegun(): number {
    return this.looks;
  }

  /** What is known, if nothing has changed since, else what is there now. */
  async current(client: Queryable): Promise<ConfigurationSnapshot> {
    const known = this.snapshot;
    if (!known || (await readVersion(client)) !== known.version) return this.reload(client);
    if (known.openWriters.size === 0) return known;
    const open = await readOpenWriters(client);
    return [...known.openWriters].every((writer) => open.has(writer)) ? known : this.reload(client);
  }

  /**
   * What is there now, changed webhooks only where something is known. However many ask, one look at a time is under way.
   *
   * Statements of one transaction must each see what is committed when they run (READ COMMITTED).
   */
  reload(client: Queryable): Promise<ConfigurationSnapshot> {
    const askedAt = this.looks;
    const next = this.myTurn().then(async () => {
      const known = this.snapshot;
      return known && known.look > askedAt ? known : this.look(client);
    });
    this.turn = next.catch(() => undefined);
    return next;
  }

  /** A look whose connection fell silent holds nobody up for long: what it reads in the end is then dropped. */
  private async myTurn(): Promise<void> {
    const patience = new AbortController();
    const waited = sleep(LONGEST_TURN_MS, undefined, { ref: false, signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.turn, waited]);
    patience.abort();
  }

  private async look(client: Queryable): Promise<ConfigurationSnapshot> {
    const look = (this.looks += 1);
    const startedAt = performance.now();
    const version = await readVersion(client);
    const openWriters = await readOpenWriters(client);
    const changed = await this.changed(client, version);
    const rows = {
      bindings: await this.bindings(client, changed),
      destinations: await this.webhooks.read(client, changed),
    };
    // One that began later has overtaken it.
    if (this.snapshot && this.snapshot.look > look) return this.snapshot;
    const settledVersion = openWriters.size === 0 ? version : (this.snapshot?.settledVersion ?? 0n);
    this.snapshot = { version, settledVersion, openWriters, look, ...this.merged(rows, changed) };
    this.readAt = startedAt;
    return this.snapshot;
  }

  /** @returns null where everything is to be read */
  private async changed(client: Queryable, version: bigint): Promise<string[] | null> {
    const known = this.snapshot;
    // A version that has fallen: the database was restored.
    if (!known || known.settledVersion === 0n || version < known.version) return null;
    if (performance.now() - this.readAt > NOTED_MS) return null;
    const changed = await readChanged(client, known.settledVersion);
    return changed.length > MOST_CHANGED ? null : changed;
  }

  private async bindings(client: Queryable, changed: string[] | null): Promise<Binding[]> {
    return (await client.query<Binding>(BINDINGS, [changed])).rows;
  }

  private merged({ bindings, destinations }: Rows, changed: string[] | null) {
    const known = this.snapshot;
    if (!known || changed === null) {
      return { index: new BindingIndex(bindings), destinations: new Map(destinations.map((one) => [one.id, one])) };
    }
    const merged = new Map(known.destinations);
    const read = new Map(destinations.map((one) => [one.id, one]));
    for (const id of changed) if (!read.has(id)) merged.delete(id);
    for (const [id, destination] of read) merged.set(id, destination);
    return { index: known.index.with(new Set(changed), bindings), destinations: merged };
  }
}
