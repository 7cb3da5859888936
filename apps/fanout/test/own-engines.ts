import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMigrations } from '@claimwire/postgres/schema';
import { freePorts, Guard, startLocalKafka, startLocalPostgres } from '@claimwire/testkit';
import type { LocalKafkaOptions, LocalPostgresOptions, RunningKafka, RunningPostgres } from '@claimwire/testkit';

/** A broker that was killed can come back only when its former life has lost its registration: by default after 9 s. */
const BROKER = { 'broker.session.timeout.ms': 3_000, 'broker.heartbeat.interval.ms': 500 };
/** The killed server's children hold its memory until they notice. */
const RESTARTS = 100;

/** Only a broker that is a process of ours can be killed. */
export function canRunOutages(): boolean {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('SKIPPED: this test kills a Kafka broker of its own, which needs Java 17; there is none here.');
    return false;
  }
}

/** A Kafka broker and a PostgreSQL server of one test's own, to be killed and started again with the data they had. */
export class OwnEngines {
  private constructor(
    private readonly folder: string,
    private readonly guard: Guard,
    private readonly kafkaOptions: LocalKafkaOptions,
    private readonly postgresOptions: LocalPostgresOptions,
    private kafka: RunningKafka,
    private postgres: RunningPostgres,
  ) {}

  static async start(): Promise<OwnEngines> {
    const folder = await mkdtemp(join(tmpdir(), 'claimwire-outages-'));
    await chmod(folder, 0o755);
    const guard = new Guard(folder);
    const [port, controllerPort, postgresPort] = (await freePorts(3)) as [number, number, number];
    const kafkaOptions = {
      ...{ folder: join(folder, 'kafka'), port, controllerPort, settings: BROKER },
      logFile: join(folder, 'kafka.log'),
    };
    const postgresOptions = {
      ...{ folder: join(folder, 'postgres'), port: postgresPort, password: 'test', database: 'claimwire_test' },
      ...{ logFile: join(folder, 'postgres.log'), durable: false },
    };
    const onSpawn = (pid: number) => guard.watch(pid);
    const [kafka, postgres] = await Promise.all([
      startLocalKafka(kafkaOptions, { onSpawn }),
      startLocalPostgres(postgresOptions, { onSpawn }),
    ]);
    await runMigrations(postgres.url);
    return new OwnEngines(folder, guard, kafkaOptions, postgresOptions, kafka, postgres);
  }

  /** What TestBench.open wants. */
  get testkit() {
    const { postgres, kafka } = this;
    return {
      createTestDatabase: async () => ({ url: postgres.url, drop: async () => undefined }),
      testKafkaBrokers: () => [...kafka.brokers],
      testTopicPrefix: () => '',
    };
  }

  async restartPostgres(): Promise<void> {
    process.kill(this.postgres.pid!, 'SIGKILL');
    await this.postgres.ended;
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.postgres = await startLocalPostgres(this.postgresOptions, { onSpawn: (pid) => this.guard.watch(pid) });
        return;
      } catch (error) {
        if (attempt === RESTARTS) throw error;
        await sleep(100);
      }
    }
  }

  async restartKafka(): Promise<void> {
    process.kill(this.kafka.pid!, 'SIGKILL');
    await this.kafka.ended;
    this.kafka = await startLocalKafka(this.kafkaOptions, { onSpawn: (pid) => this.guard.watch(pid) });
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.kafka.stop(), this.postgres.stop()]);
    this.guard.release();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
