import type { EachBatchPayload } from 'kafkajs';
import { HEARTBEAT_INTERVAL_MS } from './kafka-handle.js';

/** Whether the group still counts us in while a handler runs: kafkajs heartbeats only between batches. */
export class Membership {
  private lost = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly payload: Pick<EachBatchPayload, 'heartbeat'>,
    private readonly generation: number,
    private readonly currentGeneration: () => number,
  ) {
    this.timer = setInterval(() => void this.heartbeat().catch(() => undefined), HEARTBEAT_INTERVAL_MS / 2);
  }

  holds(): boolean {
    return !this.lost && this.currentGeneration() === this.generation;
  }

  /** kafkajs sends it only if its interval has passed. @throws when the group rebalances */
  async heartbeat(): Promise<void> {
    try {
      await this.payload.heartbeat();
    } catch (error) {
      this.lost = true;
      throw error;
    }
  }

  end(): void {
    clearInterval(this.timer);
  }
}
