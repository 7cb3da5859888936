import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleDelivery, exampleDestination } from '../../test/examples.js';
import type { Delivery } from '../lanes/delivery.js';
import type { Outcome } from '../policy/decide-outcome.js';
import type { RefillQuestion, Refill } from './delivery-store.js';
import type { Settlement } from './settlement.js';
import { WebhookSender } from './webhook-sender.js';

const CONCURRENCY = 3;
const DESTINATION = exampleDestination({ concurrency: CONCURRENCY });
const ATTEMPT = {
  at: 0,
  status: 200,
  error: null,
  phases: { connect: 0, firstByte: 0, total: 0 },
  request: '{}',
  response: null,
};

interface Row {
  delivery: Delivery;
  /** Orders the index, as next_attempt_at does. */
  dueAt: number;
}

/** The table with the rules of the SQL, the HTTP side and the settler, each answering when the scheduler lets it. */
class World {
  readonly rows = new Map<string, Row>();
  readonly sent: Delivery[] = [];
  readonly faults: string[] = [];
  readonly sender: WebhookSender;
  private inFlight = 0;
  private clock = 0;
  private idleRounds = 0;

  constructor(
    private readonly scheduler: fc.Scheduler,
    private readonly ordering: 'per_claim' | 'latest_only',
    private readonly fails: (delivery: Delivery, tries: number) => boolean,
  ) {
    this.sender = new WebhookSender({ ...DESTINATION, ordering }, Infinity, {
      store: { refill: (question) => this.refill(question) },
      attempt: (_destination, delivery) => this.attempt(delivery),
      settle: (settlement, stored) => this.settle(settlement, stored),
      hurry: () => undefined,
      hold: async () => 0,
      tally: { items: 0, bytes: 0 },
      room: () => ({ items: 100, bytes: 1_000_000 }),
      onFailure: (error) => this.faults.push(String(error)),
    });
  }

  /** Nothing is under way: only a timer can go on. @returns false when it has been so for too long */
  idle(): boolean {
    this.idleRounds += 1;
    if (this.idleRounds > 300) this.faults.push('nothing happens any more');
    return this.idleRounds <= 300;
  }

  insert(claim: number, version: number): Delivery {
    this.clock += 1;
    const delivery = exampleDelivery({
      id: String(this.clock),
      webhookId: DESTINATION.id,
      claimKey: `claim-${claim}`,
      version,
    });
    this.rows.set(delivery.id, { delivery, dueAt: this.clock });
    return delivery;
  }

  /** The snapshot is taken at once, the answer arrives later; the remainder is looked at between the two. */
  private async refill({ known, limit }: RefillQuestion): Promise<Refill> {
    const without = new Set(known);
    if (this.ordering === 'latest_only') {
      for (const { delivery } of this.inOrder())
        if (!without.has(delivery.id) && this.hasNewer(delivery)) this.rows.delete(delivery.id);
      await this.scheduler.schedule(Promise.resolve(), 'supersede');
    }
    const deliveries = this.inOrder()
      .filter(({ delivery }) => !without.has(delivery.id))
      .filter(({ delivery }) => !this.inOrder().some((other) => isBefore(other.delivery, delivery, without)))
      .slice(0, limit)
      .map(({ delivery }) => ({ ...delivery }));
    await this.scheduler.schedule(Promise.resolve(), 'refill');
    const seen = new Set([...known, ...deliveries.map(({ id }) => id)]);
    const hasOthers = [...this.rows.keys()].some((id) => !seen.has(id));
    await this.scheduler.schedule(Promise.resolve(), 'remainder');
    return { deliveries, hasOthers, nextDueMs: null };
  }

  private async attempt(delivery: Delivery): Promise<{ outcome: Outcome; attempt: typeof ATTEMPT }> {
    this.check(delivery);
    this.sent.push(delivery);
    this.inFlight += 1;
    if (this.inFlight > CONCURRENCY) this.faults.push('more in flight than allowed');
    await this.scheduler.schedule(Promise.resolve(), 'answer');
    this.inFlight -= 1;
    const tries = this.sent.filter(({ id }) => id === delivery.id).length;
    const outcome: Outcome = this.fails(delivery, tries) ? { type: 'retry', delayMs: 0 } : { type: 'delivered' };
    return { outcome, attempt: ATTEMPT };
  }

  private check({ id, claimKey, version }: Delivery): void {
    if (!this.rows.has(id)) this.faults.push(`${claimKey} version ${version} was settled already`);
    const isOutdated = this.sent.some((other) => other.claimKey === claimKey && other.version > version);
    if (isOutdated) this.faults.push(`${claimKey}: version ${version} after a newer one`);
    if (this.ordering === 'latest_only') return;
    for (const { delivery } of this.rows.values()) {
      if (delivery.claimKey !== claimKey || delivery.version >= version) continue;
      this.faults.push(`${claimKey}: version ${version} before ${delivery.version}`);
    }
  }

  private settle({ delivery, outcome }: Settlement, stored: () => void): void {
    void this.scheduler.schedule(Promise.resolve(), 'settle').then(() => {
      this.clock += 1;
      if (outcome.type === 'superseded' && !this.rows.has(delivery.id)) this.faults.push('superseded twice');
      if (outcome.type !== 'retry') this.rows.delete(delivery.id);
      else this.rows.set(delivery.id, { delivery, dueAt: this.clock });
      stored();
    });
  }

  private hasNewer({ claimKey, version }: Delivery): boolean {
    return this.inOrder().some(({ delivery }) => delivery.claimKey === claimKey && delivery.version > version);
  }

  private inOrder(): Row[] {
    return [...this.rows.values()].sort((left, right) => left.dueAt - right.dueAt);
  }
}

const isBefore = (other: Delivery, delivery: Delivery, known: ReadonlySet<string>): boolean =>
  other.claimKey === delivery.claimKey && other.version < delivery.version && !known.has(other.id);

describe('a sender', () => {
  it.each([
    { ordering: 'per_claim', promise: 'delivers everything, each claim in order' },
    { ordering: 'latest_only', promise: 'delivers the latest of each claim, never an older one after it,' },
  ] as const)(
    'with $ordering $promise and within its concurrency, however answers, readings and stores interleave',
    async ({ ordering }) => {
      const inputs = [
        fc.scheduler(),
        fc.array(fc.nat(2), { minLength: 1, maxLength: 15 }),
        fc.infiniteStream(fc.nat(3)),
      ] as const;
      await fc.assert(
        fc.asyncProperty(...inputs, async (scheduler, claims, luck) => {
          const draws = luck[Symbol.iterator]();
          const world = new World(scheduler, ordering, (_delivery, tries) => tries < 4 && draws.next().value === 0);
          const versions = new Map<number, number>();
          for (const claim of claims) {
            const version = (versions.get(claim) ?? 0) + 1;
            versions.set(claim, version);
            const delivery = world.insert(claim, version);
            void scheduler.schedule(Promise.resolve(), 'offer');
            // What another replica has stored is only told of.
            if (draws.next().value === 0) world.sender.invalidate();
            else world.sender.offer(() => delivery);
            for (let steps = draws.next().value * 2; steps > 0 && scheduler.count() > 0; steps -= 1)
              await scheduler.waitOne();
          }
          while (world.rows.size > 0 && world.faults.length === 0) {
            if (scheduler.count() > 0) await scheduler.waitOne();
            else if (world.idle()) await new Promise((resolve) => setTimeout(resolve, 1));
          }
          await world.sender.close();
          expect(world.faults).toEqual([]);
        }),
        { numRuns: 200 },
      );
    },
  );
});
