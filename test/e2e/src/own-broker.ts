import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePorts,
  Guard,
  type LocalKafkaOptions,
  type RunningKafka,
  startLocalKafka,
  TcpProxy,
} from '@claimwire/testkit';

/** Whether a broker can be started as a process here: only a process of ours can be stopped and continued. */
export function canRunOwnBroker(): boolean {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(
      'SKIPPED: this test pauses and kills a Kafka broker of its own, which needs Java 17; there is none here.',
    );
    return false;
  }
}

/** A broker that was killed can come back only when its former life has lost its registration: by default after 9 s. */
const SETTINGS = { 'broker.session.timeout.ms': 3_000, 'broker.heartbeat.interval.ms': 500 };

/** A broker of one test's own, to be paused and killed, with a proxy before it. */
export class OwnBroker {
  private constructor(
    private readonly options: LocalKafkaOptions,
    readonly proxy: TcpProxy,
    private readonly guard: Guard,
    private running: RunningKafka,
  ) {}

  static async start(): Promise<OwnBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'claimwire-broker-'));
    await chmod(folder, 0o755);
    const guard = new Guard(folder);
    const [port, controllerPort] = (await freePorts(2)) as [number, number];
    const proxy = await TcpProxy.start(port);
    const logFile = join(folder, 'broker.log');
    const options = { folder, port, controllerPort, advertisedPort: proxy.port, logFile, settings: SETTINGS };
    const running = await startLocalKafka(options, { onSpawn: (pid) => guard.watch(pid) });
    return new OwnBroker(options, proxy, guard, running);
  }

  get brokers(): string[] {
    return [`127.0.0.1:${this.proxy.port}`];
  }

  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /**
   * No file of the broker can grow any more. The first write that fails takes its only disk offline, which ends a broker.
   * What a full disk does, without filling one.
   */
  fillDisk(): void {
    execFileSync('prlimit', ['--pid', String(this.pid), '--fsize=1']);
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<void> {
    await this.running.ended;
  }

  async kill(): Promise<void> {
    process.kill(this.pid, 'SIGKILL');
    await this.running.ended;
  }

  /** With the data that it had. */
  async restart(): Promise<void> {
    this.running = await startLocalKafka(this.options, { onSpawn: (pid) => this.guard.watch(pid) });
  }

  async stop(): Promise<void> {
    await this.kill().catch(() => undefined);
    await this.proxy.stop();
    this.guard.release();
    await rm(this.options.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private get pid(): number {
    return this.running.pid!;
  }
}
