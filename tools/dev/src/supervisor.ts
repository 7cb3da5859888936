import { KeptServer, type KeptServerListener, type RunningServer, type ServerRecipe } from './kept-server.js';
import type { ProcessRegister } from './process-register.js';

export interface SupervisorOptions {
  readonly register: ProcessRegister;
  readonly log: (line: string) => void;
  /** A process was started anew: addresses stay, its pid does not. */
  readonly onChange: () => void;
}

const seconds = (ms: number): string => `${ms / 1000} s`;

/** Starts groups of servers, keeps them running, and stops them in the opposite order. */
export class Supervisor {
  private readonly groups: KeptServer[][] = [];
  private stopped: Promise<void> | null = null;

  constructor(private readonly options: SupervisorOptions) {}

  get stopping(): boolean {
    return this.stopped !== null;
  }

  /** Starts the servers of a group together. @throws when one does not come up, or when we are told to stop meanwhile */
  async start(recipes: readonly ServerRecipe[]): Promise<RunningServer[]> {
    if (this.stopping) throw new Error('Told to stop.');
    const group = recipes.map((recipe) => new KeptServer(recipe, this.listener));
    this.groups.push(group);
    return Promise.all(group.map((server) => server.start()));
  }

  /** Stops everything that was started, the last group first. Safe to call twice. */
  stop(): Promise<void> {
    this.stopped ??= this.stopGroups();
    return this.stopped;
  }

  private async stopGroups(): Promise<void> {
    for (const group of this.groups.toReversed()) await Promise.all(group.map((server) => server.stop()));
  }

  private readonly listener: KeptServerListener = {
    spawned: ({ name, stopSignal }, pid) => {
      this.options.register.add(name, pid, stopSignal);
      this.options.onChange();
    },
    died: ({ name }, retryInMs) => this.options.log(`! ${name} died; it is started again in ${seconds(retryInMs)}`),
    back: ({ name }) => this.options.log(`✔ ${name} is back`),
    failedAgain: ({ name }, reason, retryInMs) =>
      this.options.log(`! ${name} did not come up: ${reason}; next try in ${seconds(retryInMs)}`),
  };
}
