import type { LaneHooks } from '@claimwire/kafka';
import { FencedError, type Lane } from '@claimwire/postgres';
import { LaneOutbox, type OutboxDeps } from './lane-outbox.js';

/** The outbox of each lane that this process holds; opened and closed by the consumer's assignments. */
export class Outboxes implements LaneHooks {
  private readonly byLane = new Map<number, LaneOutbox>();

  constructor(private readonly deps: OutboxDeps) {}

  async onClaimed(lane: Lane, isRunning: () => boolean): Promise<void> {
    const outbox = new LaneOutbox(lane, this.deps, isRunning);
    this.byLane.set(lane.laneId, outbox);
    await outbox.open();
  }

  async onReleased(lanes: Lane[]): Promise<void> {
    const held = lanes.flatMap(({ laneId }) => this.byLane.get(laneId) ?? []);
    for (const { laneId } of lanes) this.byLane.delete(laneId);
    await Promise.all(held.map((outbox) => outbox.close()));
  }

  /** @throws FencedError when the lane has been handed over */
  of(lane: Lane): LaneOutbox {
    const outbox = this.byLane.get(lane.laneId);
    if (outbox?.lane.epoch !== lane.epoch) throw new FencedError(lane);
    return outbox;
  }
}
