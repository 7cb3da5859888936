import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningKafka } from './engine.js';
import { kafkaJars } from './kafka-jars.js';
import { kafkaAnswers } from './kafka-probe.js';
import { type Launch, ServerProcess } from './server-process.js';

export interface LocalKafkaOptions {
  /** Holds the settings and the log segments; what is in it is found again at the next start. */
  readonly folder: string;
  readonly port: number;
  /** The port that clients are sent to: of a proxy before the broker. Default: its own. */
  readonly advertisedPort?: number;
  readonly controllerPort: number;
  readonly logFile: string;
  /** More of server.properties. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

const READY_DEADLINE_MS = 60_000;

const serverProperties = ({
  folder,
  port,
  controllerPort,
  advertisedPort = port,
  settings,
}: LocalKafkaOptions): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // A lone broker has nobody to wait for: groups form at once.
    'group.initial.rebalance.delay.ms': 0,
    // Topics are made by one command with explicit partitions; a typo must not make one.
    'auto.create.topics.enable': false,
    ...settings,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

/** Kafka's log4j2.properties: warnings to stdout. */
export const KAFKA_LOGGING = `status = WARN
appender.stdout.type = Console
appender.stdout.name = stdout
appender.stdout.layout.type = PatternLayout
appender.stdout.layout.pattern = %d{ISO8601} %p %c: %m%n
rootLogger.level = WARN
rootLogger.appenderRef.stdout.ref = stdout
`;

const formatted = (folder: string): boolean => existsSync(join(folder, 'data', 'meta.properties'));

/** Starts one KRaft broker as a JVM of ours. Its data survives also SIGKILL. @throws when it does not come up. */
export const startLocalKafka = async (options: LocalKafkaOptions, launch: Launch = {}): Promise<RunningKafka> => {
  const { folder, port, logFile } = options;
  const jars = await kafkaJars(launch.signal);
  await mkdir(folder, { recursive: true });
  const settings = join(folder, 'server.properties');
  const logging = join(folder, 'log4j2.properties');
  await writeFile(settings, serverProperties(options));
  await writeFile(logging, KAFKA_LOGGING);
  const java = ['-Xmx512m', `-Dlog4j2.configurationFile=${logging}`, '-cp', join(jars, '*')];
  if (!formatted(folder)) {
    // In one word: an id of 64 begins with a dash and would be taken for an option.
    const clusterId = `--cluster-id=${randomBytes(16).toString('base64url')}`;
    await promisify(execFile)('java', [...java, 'kafka.tools.StorageTool', 'format', clusterId, '-c', settings], {
      signal: launch.signal,
    });
  }
  const broker = new ServerProcess(
    {
      name: 'Kafka',
      command: 'java',
      args: [...java, 'kafka.Kafka', settings],
      cwd: folder,
      logFile,
      stopSignal: 'SIGTERM',
    },
    launch,
  );
  const address = `127.0.0.1:${port}`;
  await broker.ready(() => kafkaAnswers(address), READY_DEADLINE_MS);
  return { brokers: [address], pid: broker.pid, ended: broker.ended, stop: () => broker.stop() };
};
