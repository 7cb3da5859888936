import { setTimeout as sleep } from 'node:timers/promises';
import type { Launch } from '@claimwire/testkit';
import { nextAttempt, restartDelayMs } from './restart-backoff.js';

/** What runs: an app's process, a broker, a database. */
export interface RunningServer {
  readonly pid: number | null;
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** How to start something that is to be kept running. */
export interface ServerRecipe {
  readonly name: string;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** Resolves once it is ready. @throws when it does not come up; then nothing of it is left running */
  readonly start: (launch: Launch) => Promise<RunningServer>;
}

/** Who wants to know what becomes of it. */
export interface KeptServerListener {
  readonly spawned: (recipe: ServerRecipe, pid: number) => void;
  readonly died: (recipe: ServerRecipe, retryInMs: number) => void;
  readonly back: (recipe: ServerRecipe) => void;
  readonly failedAgain: (recipe: ServerRecipe, reason: string, retryInMs: number) => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A server that is started again, with growing pauses, whenever it dies, until it is told to stop. */
export class KeptServer {
  private readonly stopping = new AbortController();
  private current: Promise<RunningServer> | null = null;
  private keeping: Promise<void> = Promise.resolve();

  constructor(
    readonly recipe: ServerRecipe,
    private readonly listener: KeptServerListener,
  ) {}

  /** @throws when it does not come up the first time: then something is wrong that a restart does not mend */
  async start(): Promise<RunningServer> {
    const server = await this.launch();
    this.keeping = this.keep(server);
    return server;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const server = await this.current?.catch(() => null);
    await server?.stop();
    await this.keeping;
  }

  private launch(): Promise<RunningServer> {
    this.current = this.recipe.start({
      signal: this.stopping.signal,
      onSpawn: (pid) => this.listener.spawned(this.recipe, pid),
    });
    return this.current;
  }

  private async keep(first: RunningServer): Promise<void> {
    let server: RunningServer | null = first;
    let attempt = 0;
    while (server) {
      const since = Date.now();
      await server.ended;
      if (this.stopping.signal.aborted) return;
      attempt = nextAttempt(attempt, Date.now() - since);
      this.listener.died(this.recipe, restartDelayMs(attempt));
      ({ server, attempt } = await this.restart(attempt));
    }
  }

  /** @returns the server that is up again, null when we are to stop */
  private async restart(attempt: number): Promise<{ server: RunningServer | null; attempt: number }> {
    for (let next = attempt; ; next += 1) {
      if (!(await this.pause(restartDelayMs(next)))) return { server: null, attempt: next };
      try {
        const server = await this.launch();
        this.listener.back(this.recipe);
        return { server, attempt: next };
      } catch (error) {
        if (this.stopping.signal.aborted) return { server: null, attempt: next };
        this.listener.failedAgain(this.recipe, messageOf(error), restartDelayMs(next + 1));
      }
    }
  }

  /** @returns false when we are to stop */
  private async pause(ms: number): Promise<boolean> {
    return sleep(ms, true, { signal: this.stopping.signal }).catch(() => false);
  }
}
