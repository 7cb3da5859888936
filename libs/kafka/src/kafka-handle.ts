import type { ConnectionOptions } from 'node:tls';
import { Logger } from '@nestjs/common';
import {
  Kafka,
  logLevel,
  Partitioners,
  type Admin,
  type Consumer,
  type LogEntry,
  type Producer,
  type SASLOptions,
} from 'kafkajs';
import { decodeRecordsInOnePass } from './decode-record.js';
import { encodeProduceInOneBuffer } from './encode-produce.js';
import { quietRequestQueue } from './quiet-request-queue.js';
import { refuseLateWrites } from './send-deadline.js';
import { fetchTopicId } from './topic-id.js';

/** What kafkajs has to say; Nest's Logger fits. */
export interface KafkaLogger {
  warn(fields: object): void;
}

export interface KafkaOptions {
  /** `host:port` */
  brokers: string[];
  clientId: string;
  /** Before every topic and group id, for example "staging."; "" in production. */
  topicPrefix: string;
  /** Present = the brokers speak TLS; a certificate in it = mutual TLS. */
  tls?: ConnectionOptions;
  sasl?: SASLOptions;
  logger?: KafkaLogger;
}

const CONNECTION_TIMEOUT_MS = 3_000;
/** How long one request may take; retries come on top. Long enough for a loaded broker, short enough to notice a dead one. */
const REQUEST_TIMEOUT_MS = 10_000;
/** All fields named: kafkajs takes other defaults where NODE_ENV is "test". */
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6, factor: 0.2, multiplier: 2 };
const PRODUCER_RETRY = { ...RETRY, retries: 1, maxRetryTime: 250 };
/** A killed member holds its partitions for this long: a fifth of the client's default. */
const SESSION_TIMEOUT_MS = 6_000;
export const HEARTBEAT_INTERVAL_MS = 2_000;
const REBALANCE_TIMEOUT_MS = 30_000;
/** How long a fetch waits for data; between two of them an idle consumer heartbeats and notices a stop. */
const MAX_WAIT_MS = 500;
/** What one fetch brings of each partition, at most, but for a single greater message: Kafka's own default. */
const FETCH_BYTES = 1024 ** 2;

/** Of what kafkajs logs, that which says enough and cannot hold data. */
const LOG_FIELDS = ['message', 'groupId', 'memberId', 'broker', 'topic', 'partition', 'reason', 'retryCount'];

quietRequestQueue();
refuseLateWrites();
encodeProduceInOneBuffer();
decodeRecordsInOnePass();

/** One deployment's view of a Kafka cluster: prefixes names, makes clients with settings that hold (STACK). */
export class KafkaHandle {
  private readonly kafka: Kafka;
  private readonly logger: KafkaLogger;
  private sharedAdmin: Promise<Admin> | null = null;
  private adminTurn: Promise<void> = Promise.resolve();
  private readonly partitionCounts = new Map<string, number>();

  constructor(private readonly options: KafkaOptions) {
    this.logger = options.logger ?? new Logger('Kafka');
    this.kafka = new Kafka({
      brokers: options.brokers,
      clientId: options.clientId,
      ssl: options.tls,
      sasl: options.sasl,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      retry: RETRY,
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => this.log(entry),
    });
  }

  /** @returns the topic's name on the broker */
  topic(name: string): string {
    return this.options.topicPrefix + name;
  }

  /** @returns the name that our code uses for a topic of the broker */
  withoutPrefix(topic: string): string {
    return topic.slice(this.options.topicPrefix.length);
  }

  groupId(consumer: string): string {
    return `${this.options.topicPrefix}claimwire-${consumer}`;
  }

  /** Not idempotent on purpose: with it, kafkajs can lose acknowledged messages after an error (STACK). */
  producer(): Producer {
    return this.kafka.producer({
      allowAutoTopicCreation: false,
      idempotent: false,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: PRODUCER_RETRY,
    });
  }

  /** @param options.mayRestart asked before a consumer that crashed joins its group again by itself */
  consumer(
    groupId: string,
    { maxWaitMs = MAX_WAIT_MS, fetchBytes = FETCH_BYTES, mayRestart = (): boolean => true } = {},
  ): Consumer {
    return this.kafka.consumer({
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: maxWaitMs,
      minBytes: 1,
      maxBytesPerPartition: fetchBytes,
      allowAutoTopicCreation: false,
      retry: { ...RETRY, restartOnFailure: async () => mayRestart() },
    });
  }

  /**
   * Work with the admin client, which all callers share: one after another, since a look-up of kafkajs replaces the metadata
   * that another one under way is still reading. Do not nest.
   * @throws while the broker cannot be reached
   */
  withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const turn = this.adminTurn.then(async () => {
      this.sharedAdmin ??= this.connectAdmin();
      return work(await this.sharedAdmin);
    });
    this.adminTurn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** Partitions of a topic, remembered: they never change in place (docs/upgrading.md). @throws if the topic is missing */
  async partitionCount(topic: string): Promise<number> {
    const known = this.partitionCounts.get(topic);
    if (known !== undefined) return known;
    const { topics } = await this.withAdmin((admin) => admin.fetchTopicMetadata({ topics: [this.topic(topic)] }));
    const count = topics[0]?.partitions.length ?? 0;
    if (count > 0) this.partitionCounts.set(topic, count);
    return count;
  }

  /** Changes when a topic is deleted and created again. @returns null where the brokers do not tell @throws while they cannot be reached */
  topicId(topic: string): Promise<string | null> {
    return fetchTopicId(this.kafka, this.topic(topic));
  }

  /** Whether a broker answers, the retries included. */
  async answers(): Promise<boolean> {
    return this.withAdmin((admin) => admin.describeCluster()).then(
      ({ brokers }) => brokers.length > 0,
      () => false,
    );
  }

  async close(): Promise<void> {
    const admin = await this.sharedAdmin?.catch(() => null);
    this.sharedAdmin = null;
    await admin?.disconnect();
  }

  private async connectAdmin(): Promise<Admin> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      this.sharedAdmin = null;
      throw error;
    }
  }

  /** kafkajs calls every rebalance an error; whoever asked for something gets its error by itself. */
  private log({ namespace, log }: LogEntry): void {
    const entry: Record<string, unknown> = { ...log, reason: log.error };
    const fields: Record<string, unknown> = { namespace };
    for (const name of LOG_FIELDS) {
      const value = entry[name];
      if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
    }
    this.logger.warn(fields);
  }
}

export function createKafka(options: KafkaOptions): KafkaHandle {
  return new KafkaHandle(options);
}
