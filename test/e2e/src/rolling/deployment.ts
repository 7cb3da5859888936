import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@claimwire/testkit';
import { AppProcess } from '../app-process.js';
import type { AppName } from '../system.js';
import type { Build } from './build.js';
import type { Backend, Balancer } from './balancer.js';

export const REPLICAS = 2;
/** What the chart leaves of terminationGracePeriodSeconds (SHUTDOWN_GRACE_MS). */
export const GRACE_MS = 30_000;
/** A machine that other work shares boots sixteen processes slowly. */
const READY_MS = 240_000;
/** Longer than a balancer takes to notice, also on a busy machine (SHUTDOWN_DRAIN_MS). */
const DRAIN_MS = 2_500;

/** What the chart's preStop waits for, where a build does not drain by itself (preStopSeconds). */
const PRE_STOP_MS = 500;

interface Replica {
  process: AppProcess;
  backend: Backend | null;
  build: Build;
}

/** How one replica left. */
export interface Departure {
  app: AppName;
  exit: string | number;
  seconds: number;
}

/**
 * The replicas of one app, rolled as Kubernetes does it: a Deployment starts a new one, waits until it is ready and ends an old
 * one; fan-out is a StatefulSet, whose replica ends before the one of its name starts.
 */
export class Deployment {
  private readonly replicas: Replica[] = [];

  constructor(
    readonly app: AppName,
    private readonly env: Readonly<Record<string, string>>,
    private readonly balancer: Balancer | null,
  ) {}

  get processes(): AppProcess[] {
    return this.replicas.map(({ process }) => process);
  }

  async start(build: Build): Promise<void> {
    for (let index = 0; index < REPLICAS; index += 1) this.replicas.push(await this.startOne(build, index));
    await this.ready();
  }

  async ready(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.ready(READY_MS)));
    await this.balancer?.look();
  }

  /** One replica after the other. @param build to run from now on */
  async roll(build: Build): Promise<Departure[]> {
    const departures: Departure[] = [];
    for (let index = 0; index < REPLICAS; index += 1) {
      const old = this.replicas[index] as Replica;
      if (this.isStateful) departures.push(await this.end(old));
      const next = await this.startOne(build, index);
      await next.process.ready(READY_MS);
      await this.balancer?.look();
      this.replicas[index] = next;
      if (!this.isStateful) departures.push(await this.end(old));
    }
    return departures;
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill().catch(() => undefined)));
  }

  private get isStateful(): boolean {
    return this.app === 'fanout';
  }

  private async startOne(build: Build, index: number): Promise<Replica> {
    const port = this.balancer ? await freePort() : null;
    const own: Record<string, string> = port ? { PORT: String(port), SHUTDOWN_DRAIN_MS: String(DRAIN_MS) } : {};
    const names = { FANOUT_REPLICA: `fanout-${index}`, KAFKA_CLIENT_ID: `${this.app}-${index}` };
    const settings = { ...this.env, SHUTDOWN_GRACE_MS: String(GRACE_MS), ...names, ...own };
    const process = await AppProcess.create(this.app, settings, build.root);
    await process.start();
    const backend = port ? { port, managementUrl: process.managementUrl } : null;
    if (backend) this.balancer?.add(backend);
    return { process, backend, build };
  }

  /** SIGTERM. The balancer hears of it only by /readyz, but for a build that needs to be taken out before. */
  private async end({ process, backend, build }: Replica): Promise<Departure> {
    if (backend && !build.drains) {
      this.balancer?.remove(backend);
      await sleep(PRE_STOP_MS);
    }
    const startedAt = performance.now();
    process.signal('SIGTERM');
    const exit = await process.ended(GRACE_MS + 20_000);
    const seconds = (performance.now() - startedAt) / 1000;
    if (backend) this.balancer?.remove(backend);
    return { app: this.app, exit, seconds };
  }
}
