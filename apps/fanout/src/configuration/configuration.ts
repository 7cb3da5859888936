import type { Queryable } from '@claimwire/postgres';
import { BindingIndex } from '../matching/binding-index.js';
import type { Binding } from '../matching/binding-index.js';
import type { Destination } from './destination.js';
import type { WebhookReader } from './webhook-reader.js';

/** The configuration as one look at PostgreSQL showed it. */
export interface ConfigurationSnapshot {
  /** `configuration_version` when it was read. */
  version: bigint;
  /**
   * Every writer that could have raised the sequence to `version` had ended when the rows were read. Until then a writer
   * may be between raising it and committing: the version then says nothing about its rows.
   */
  isSettled: boolean;
  /** Rises with each look: a look that began later shows at least as much. */
  look: number;
  index: BindingIndex;
  /** Usable webhooks by id, in order of creation. */
  destinations: ReadonlyMap<string, Destination>;
}

interface Horizon {
  oldest: string;
  next: string;
}

const BINDINGS = `select tenant_id as "tenantId", webhook_id as "webhookId", event_type as "eventType", filters
  from bindings order by created_at, id`;

/**
 * Bindings and webhooks in memory, never older than they may be: guarantee 6 wants a binding to hold for every event that
 * was accepted after its POST was answered. `current` compares the sequence that every change raises; a transaction that
 * raised it and has not committed yet is waited for by re-reading until all that were open then have ended.
 */
export class Configuration {
  private snapshot: ConfigurationSnapshot | null = null;
  private barrier: { version: bigint; xid: bigint } | null = null;
  private looks = 0;
  private listeners: ((snapshot: ConfigurationSnapshot) => void)[] = [];

  constructor(private readonly webhooks: WebhookReader) {}

  get loaded(): ConfigurationSnapshot | null {
    return this.snapshot;
  }

  /** Looks that have begun; the next one has the next number. */
  get looksBegun(): number {
    return this.looks;
  }

  onChange(listener: (snapshot: ConfigurationSnapshot) => void): void {
    this.listeners.push(listener);
  }

  /** What is known, if nothing has changed since, else what is there now. */
  async current(client: Queryable): Promise<ConfigurationSnapshot> {
    const known = this.snapshot;
    if (!known?.isSettled) return this.reload(client);
    return (await readVersion(client)) === known.version ? known : this.reload(client);
  }

  /**
   * Statements of one transaction must each see what is committed when they run (READ COMMITTED), and it must not have
   * written yet.
   */
  async reload(client: Queryable): Promise<ConfigurationSnapshot> {
    const look = (this.looks += 1);
    const version = await readVersion(client);
    // In a later statement than the version: whoever raised it before is counted among the open ones here.
    const isSettled = this.pass(version, await readHorizon(client));
    const { rows } = await client.query<Binding>(BINDINGS);
    const destinations = new Map((await this.webhooks.read(client)).map((webhook) => [webhook.id, webhook]));
    const snapshot = { version, isSettled, look, index: new BindingIndex(rows), destinations };
    this.publish(snapshot);
    return snapshot;
  }

  /** @returns whether all transactions have ended that were open when this version was first seen */
  private pass(version: bigint, { oldest, next }: Horizon): boolean {
    if (this.barrier?.version !== version) this.barrier = { version, xid: BigInt(next) };
    return BigInt(oldest) >= this.barrier.xid;
  }

  private publish(snapshot: ConfigurationSnapshot): void {
    if (this.snapshot && this.snapshot.look > snapshot.look) return;
    this.snapshot = snapshot;
    for (const listener of this.listeners) listener(snapshot);
  }
}

async function readVersion(client: Queryable): Promise<bigint> {
  const { rows } = await client.query<{ version: string }>('select last_value as version from configuration_version');
  return BigInt(rows[0]?.version ?? 0);
}

/**
 * `next` is this transaction's own id, assigned here unless it has written before: every writer that raised the sequence
 * earlier has a smaller one. (The snapshot's xmax would not do: it is the id after the last *completed* transaction.)
 */
async function readHorizon(client: Queryable): Promise<Horizon> {
  const { rows } = await client.query<Horizon>(
    `select pg_snapshot_xmin(pg_current_snapshot())::text as oldest, pg_current_xact_id()::text as next`,
  );
  return rows[0] ?? { oldest: '0', next: '1' };
}
