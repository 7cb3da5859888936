import type { ConfigurationSnapshot } from '../configuration/configuration.js';
import type { Destination } from '../configuration/destination.js';
import { WebhookSender } from '../sending/webhook-sender.js';
import type { SenderPorts } from '../sending/webhook-sender.js';
import type { Lease, LeaseStore, LeaseTerm } from './lease-store.js';
import { fairShare } from './replica-roll.js';
import type { ReplicaRoll } from './replica-roll.js';

export interface KeeperOptions {
  store: Pick<LeaseStore, 'acquire' | 'renew' | 'release'>;
  roll: ReplicaRoll;
  senderPorts: SenderPorts;
  /** What another replica waits for after a crash; an attempt's timeout comes on top where it is longer. */
  leaseMs: number;
}

interface Held {
  /** With the time that it is renewed for. */
  lease: Lease;
  sender: WebhookSender;
  renewedAt: number;
}

/** A lease outlives an attempt that starts just before its next renewal. */
const ROOM_MS = 5_000;
/** A lease is renewed when this part of its time is over. */
const RENEW_AFTER = 0.2;

/** Holds this replica's share of the webhooks, and a sender for each. */
export class LeaseKeeper {
  private readonly held = new Map<string, Held>();
  /** What is under way ends before anybody else may have it. */
  private readonly leaving = new Map<string, Promise<void>>();

  constructor(private readonly options: KeeperOptions) {}

  get senders(): WebhookSender[] {
    return [...this.held.values()].map(({ sender }) => sender);
  }

  sender(webhookId: string): WebhookSender | undefined {
    return this.held.get(webhookId)?.sender;
  }

  ids(): string[] {
    return [...this.held.keys()];
  }

  /** Brings what is held in line with the configuration and with the other replicas. One call at a time. */
  async adjust({ destinations, look }: ConfigurationSnapshot): Promise<void> {
    const active = [...destinations.values()].filter(({ status }) => status === 'active');
    this.configure(new Map(active.map((destination) => [destination.id, destination])), look);
    await this.renew();
    const share = fairShare(active.length, this.options.roll.count(Date.now()));
    // The newest first: what is held longest moves last.
    for (const id of this.ids().slice(share)) this.leave(id);
    await this.acquire(active, share - this.held.size);
  }

  /** Hands everything over: resolves when what was under way is stored and the leases are free. */
  async releaseAll(): Promise<void> {
    for (const id of this.ids()) this.leave(id);
    await Promise.all(this.leaving.values());
  }

  private configure(active: ReadonlyMap<string, Destination>, look: number): void {
    for (const [id, held] of this.held) {
      const destination = active.get(id);
      if (!destination || !held.sender.accepts(destination)) this.leave(id);
      else {
        this.extend(held, this.term(destination).ttlMs);
        held.sender.configure(destination, look);
      }
    }
  }

  /** A longer timeout needs a longer lease, now: under the old one no attempt might start. */
  private extend(held: Held, ttlMs: number): void {
    if (ttlMs > held.lease.ttlMs) held.renewedAt = -Infinity;
    held.lease = { ...held.lease, ttlMs };
  }

  private term({ id, timeoutMs }: Destination): LeaseTerm {
    return { webhookId: id, ttlMs: Math.max(this.options.leaseMs, timeoutMs + ROOM_MS) };
  }

  private async acquire(active: readonly Destination[], limit: number): Promise<void> {
    const free = active.filter(({ id }) => !this.held.has(id) && !this.leaving.has(id));
    if (limit <= 0 || free.length === 0) return;
    const destinations = new Map(free.map((destination) => [destination.id, destination]));
    const startedAt = performance.now();
    const leases = await this.options.store.acquire(
      free.map((destination) => this.term(destination)),
      limit,
    );
    for (const lease of leases) {
      const destination = destinations.get(lease.webhookId);
      if (!destination) continue;
      // Another one may have sent until now; nobody has for a webhook that was never held.
      const lastStart = lease.epoch > 1n ? performance.now() : -Infinity;
      const sender = new WebhookSender(destination, startedAt + lease.ttlMs, this.options.senderPorts, lastStart);
      this.held.set(lease.webhookId, { lease, sender, renewedAt: startedAt });
    }
  }

  private async renew(): Promise<void> {
    const startedAt = performance.now();
    const due = [...this.held.values()].filter(({ lease, renewedAt }) => {
      return startedAt - renewedAt > lease.ttlMs * RENEW_AFTER;
    });
    if (due.length === 0) return;
    const renewed = await this.options.store.renew(due.map(({ lease }) => lease));
    for (const held of due) {
      const { webhookId, ttlMs } = held.lease;
      if (!renewed.has(webhookId)) this.leave(webhookId);
      else {
        held.renewedAt = startedAt;
        // Counted from before the statement: by the database's clock it ends later.
        held.sender.renew(startedAt + ttlMs);
      }
    }
  }

  private leave(webhookId: string): void {
    const held = this.held.get(webhookId);
    if (!held) return;
    this.held.delete(webhookId);
    const left = held.sender
      .close()
      .then(() => this.options.store.release([held.lease]))
      // Its time ends by itself.
      .catch((error: unknown) => this.options.senderPorts.onFailure(error))
      .finally(() => this.leaving.delete(webhookId));
    this.leaving.set(webhookId, left);
  }
}
