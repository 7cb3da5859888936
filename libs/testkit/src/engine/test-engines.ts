import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningKafka, RunningPostgres } from './engine.js';
import { freePorts } from './free-ports.js';
import { Guard } from './guard.js';
import { startLocalKafka } from './local-kafka.js';
import { startLocalPostgres } from './local-postgres.js';
import { isRoot } from './postgres-user.js';
import type { Launch } from './server-process.js';

/** Which engines a run of tests needs; what TEST_* names already is not started. */
export interface Wanted {
  readonly kafka: boolean;
  readonly postgres: boolean;
  /** PostgreSQL as safe as in production, for what measures it; default false, as its data is thrown away. */
  readonly durable?: boolean;
}

export interface TestEngines {
  /** TEST_* settings for the workers. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

interface Started {
  readonly kafka?: RunningKafka;
  readonly postgres?: RunningPostgres;
}

const DATABASE = 'claimwire_test';

/** Whether a Docker engine answers; a client without one does not count. */
export const dockerAnswers = (timeoutMs = 3_000): Promise<boolean> =>
  promisify(execFile)('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: timeoutMs }).then(
    ({ stdout }) => stdout.trim() !== '',
    () => false,
  );

const stopBoth = async ({ kafka, postgres }: Started): Promise<void> => {
  await Promise.all([kafka?.stop(), postgres?.stop()]);
};

/** Both, or neither: one that came up is stopped again when the other did not. */
const both = async (
  kafka: Promise<RunningKafka> | undefined,
  postgres: Promise<RunningPostgres> | undefined,
): Promise<Started> => {
  const [first, second] = await Promise.allSettled([kafka, postgres]);
  const started = {
    kafka: first.status === 'fulfilled' ? first.value : undefined,
    postgres: second.status === 'fulfilled' ? second.value : undefined,
  };
  const failed = [first, second].find((result) => result.status === 'rejected');
  if (!failed) return started;
  await stopBoth(started);
  throw failed.reason;
};

const startInContainers = async (wanted: Wanted): Promise<Started> => {
  const containers = await import('./container-engines.js');
  return both(
    wanted.kafka ? containers.startContainerKafka() : undefined,
    wanted.postgres ? containers.startContainerPostgres(DATABASE, wanted.durable) : undefined,
  );
};

/** Under root's own TMPDIR PostgreSQL's account might not reach its data. */
const throwAwayFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(isRoot() ? '/var/tmp' : tmpdir(), 'claimwire-test-'));
  await chmod(folder, 0o755);
  return folder;
};

const startLocally = async (wanted: Wanted, folder: string, launch: Launch): Promise<Started> => {
  const [port = 0, controllerPort = 0, postgresPort = 0] = await freePorts(3);
  const logFile = (name: string) => join(folder, `${name}.log`);
  return both(
    wanted.kafka
      ? startLocalKafka({ folder: join(folder, 'kafka'), port, controllerPort, logFile: logFile('kafka') }, launch)
      : undefined,
    wanted.postgres
      ? startLocalPostgres(
          {
            folder: join(folder, 'postgres'),
            port: postgresPort,
            password: randomBytes(12).toString('hex'),
            database: DATABASE,
            logFile: logFile('postgres'),
            durable: wanted.durable ?? false,
          },
          launch,
        )
      : undefined,
  );
};

const testEnv = ({ kafka, postgres }: Started): Record<string, string> => ({
  ...(kafka && { TEST_KAFKA_BROKERS: kafka.brokers.join(',') }),
  ...(postgres && { TEST_DATABASE_URL: postgres.url }),
});

/**
 * Starts a real Kafka and a real PostgreSQL that nobody else uses: in containers where a Docker engine answers, else as
 * processes. Their data is thrown away at the end, also when this process is killed.
 */
export const startTestEngines = async (wanted: Wanted): Promise<TestEngines> => {
  if (await dockerAnswers()) {
    const started = await startInContainers(wanted);
    return { env: testEnv(started), stop: () => stopBoth(started) };
  }
  const folder = await throwAwayFolder();
  const guard = new Guard(folder);
  const remove = async () => {
    guard.release();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const started = await startLocally(wanted, folder, { onSpawn: (pid) => guard.watch(pid) });
    return { env: testEnv(started), stop: () => stopBoth(started).then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
};
