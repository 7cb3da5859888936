import { createEgressDispatcher } from '@claimwire/egress';
import {
  createKafka,
  kafkaOptions,
  KafkaBatchServer,
  KafkaPublisher,
  stallWatch,
  type KafkaHandle,
} from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { LaneStore, PG_POOL, PostgresModule, type Pool } from '@claimwire/postgres';
import {
  directDatabaseUrl,
  isPooled,
  METRICS_REGISTRY,
  ROOT_LOGGER,
  Tracing,
  type RootLogger,
} from '@claimwire/service-host';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Dispatcher } from 'undici';
import type { FanoutConfig } from './config.js';
import { Configuration } from './configuration/configuration.js';
import { WebhookReader } from './configuration/webhook-reader.js';
import { CONSUMER, EventsConsumer } from './events.consumer.js';
import { Fanout } from './fanout.js';
import { Lifecycle } from './lifecycle.js';
import { FanoutMetrics } from './metrics.js';
import { ReplayWorker } from './replays/replay-worker.js';
import { Housekeeping } from './retention/housekeeping.js';
import { DISPATCHER, KAFKA_HANDLE } from './tokens.js';

/**
 * What one fetch brought is stored before the next one: partitions one after another would add their transactions up, which
 * at a few hundred events a second is most of what an event waits for.
 */
const PARTITIONS_AT_ONCE = 4;
/** 150 events of a kilobyte for each partition: more in one transaction saves little time and takes memory. */
const FETCH_BYTES = 256 * 1024;

/** Composition only. */
@Module({})
export class FanoutModule {
  static forRoot(config: FanoutConfig): DynamicModule {
    return {
      module: FanoutModule,
      imports: [PostgresModule.forRoot({ ...config, pipelined: true, keepsPlans: !isPooled(config) })],
      controllers: [EventsConsumer],
      providers: [
        Lifecycle,
        {
          provide: KAFKA_HANDLE,
          useFactory: () => createKafka(kafkaOptions(config)),
        },
        {
          provide: DISPATCHER,
          useFactory: () => createEgressDispatcher({ allowNetworks: config.EGRESS_ALLOW_NETWORKS }),
        },
        {
          provide: KafkaPublisher,
          inject: [KAFKA_HANDLE],
          useFactory: (handle: KafkaHandle) => new KafkaPublisher(handle),
        },
        { provide: LaneStore, inject: [PG_POOL], useFactory: (pool: Pool) => new LaneStore(pool) },
        {
          provide: FanoutMetrics,
          inject: [METRICS_REGISTRY],
          useFactory: (registry: Registry) => new FanoutMetrics(registry),
        },
        {
          provide: Configuration,
          inject: [ROOT_LOGGER],
          useFactory: (logger: RootLogger) => new Configuration(webhookReader(config, logger)),
        },
        {
          provide: Fanout,
          inject: [
            PG_POOL,
            Configuration,
            DISPATCHER,
            LaneStore,
            KafkaPublisher,
            FanoutMetrics,
            ROOT_LOGGER,
            Tracing,
            KAFKA_HANDLE,
          ],
          useFactory: (
            pool: Pool,
            configuration: Configuration,
            dispatcher: Dispatcher,
            lanes: LaneStore,
            publisher: KafkaPublisher,
            metrics: FanoutMetrics,
            logger: RootLogger,
            tracing: Tracing,
            handle: KafkaHandle,
          ) => {
            const stall = stallWatch(handle, config);
            const parts = { config, pool, configuration, dispatcher, lanes, publisher, metrics, logger, tracing };
            return new Fanout({ ...parts, stall });
          },
        },
        {
          provide: ReplayWorker,
          inject: [PG_POOL, Fanout, FanoutMetrics, ROOT_LOGGER],
          useFactory: (pool: Pool, fanout: Fanout, metrics: FanoutMetrics, logger: RootLogger) =>
            new ReplayWorker({
              pool,
              url: directDatabaseUrl(config),
              onCancelled: (replayId) => fanout.withdraw(replayId),
              onMade: (count) => metrics.replayMade(count),
              onFailure: (error) => {
                metrics.failed('replay');
                logger.error({ err: error, during: 'replay' }, 'fanout.store_failed');
              },
            }),
        },
        {
          provide: Housekeeping,
          inject: [PG_POOL, FanoutMetrics, ROOT_LOGGER],
          useFactory: (pool: Pool, metrics: FanoutMetrics, logger: RootLogger) =>
            new Housekeeping({ pool, config, metrics, logger }),
        },
        {
          provide: KafkaBatchServer,
          inject: [KAFKA_HANDLE, LaneStore, Fanout],
          useFactory: (handle: KafkaHandle, lanes: LaneStore, fanout: Fanout) =>
            new KafkaBatchServer(handle, {
              stall: stallWatch(handle, config),
              consumers: {
                // Deliveries that the partition's previous holder stored are in the table only.
                [CONSUMER]: {
                  lanes,
                  hooks: { onClaimed: async () => fanout.invalidateAll() },
                  concurrency: PARTITIONS_AT_ONCE,
                  fetchBytes: FETCH_BYTES,
                },
              },
            }),
        },
      ],
    };
  }
}

function webhookReader({ CLAIMWIRE_KEYRING }: FanoutConfig, logger: RootLogger): WebhookReader {
  return new WebhookReader(Keyring.parse(CLAIMWIRE_KEYRING), (webhook, error) =>
    logger.error({ err: error, webhook }, 'webhook.unusable'),
  );
}
