import { faultPoint } from '@claimwire/service-host';
import { inTransaction, listen, REPLAYS_CHANNEL, stepReplay, type Listening, type Pool } from '@claimwire/postgres';

export interface ReplayWorkerParts {
  pool: Pool;
  /** For the connection that listens. */
  url: string;
  /** A replay was cancelled: what of it is in memory is not sent. */
  onCancelled: (replayId: string) => void;
  onMade: (count: number) => void;
  onFailure: (error: unknown) => void;
}

/** Notifications can be lost with their connection: this often the table is looked at without one. */
const POLL_MS = 5_000;
const RETRY_MS = 1_000;

const NEXT_DUE = `select extract(epoch from min(next_step_at) - now())::float8 * 1000 as "inMs" from replays where state = 'running'`;

/**
 * Makes the steps of replays that are due; any replica makes any step, one at a time (`for update skip locked`). A step's
 * deliveries and how far its replay has come are one transaction: nothing is lost with the process, and nothing made twice.
 */
export class ReplayWorker {
  private listening: Listening | null = null;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private again = false;
  private stopping = false;

  constructor(private readonly parts: ReplayWorkerParts) {}

  start(): void {
    this.listening = listen(this.parts.url, REPLAYS_CHANNEL, (payload) => this.hear(payload));
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.listening?.stop();
    await this.running;
  }

  private hear(payload: string): void {
    if (payload === '') this.wake();
    else this.parts.onCancelled(payload);
  }

  /** Never two rounds at once: what comes meanwhile is done by one more. */
  private wake(): void {
    if (this.stopping) return;
    this.again = true;
    this.running ??= this.run().finally(() => (this.running = null));
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    let nextMs = POLL_MS;
    try {
      while (this.again && !this.stopping) {
        this.again = false;
        await this.makeDueSteps();
        nextMs = await this.nextDueMs();
      }
    } catch (error) {
      this.parts.onFailure(error);
      nextMs = RETRY_MS;
    }
    if (!this.stopping) this.timer = setTimeout(() => this.wake(), nextMs);
  }

  private async makeDueSteps(): Promise<void> {
    while (!this.stopping) {
      const step = await inTransaction(this.parts.pool, async (client) => {
        const made = await stepReplay(client);
        if (made) await faultPoint('fanout.replay-step');
        return made;
      });
      if (!step) return;
      this.parts.onMade(step.made);
    }
  }

  private async nextDueMs(): Promise<number> {
    const { rows } = await this.parts.pool.query<{ inMs: number | null }>(NEXT_DUE);
    return Math.min(POLL_MS, Math.max(0, Math.ceil(rows[0]?.inMs ?? POLL_MS)) + 1);
  }
}
