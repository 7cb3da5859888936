import {
  createKafka,
  kafkaOptions,
  KafkaBatchServer,
  KafkaPublisher,
  stallWatch,
  type KafkaHandle,
} from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { ErasureLedger, LaneStore, PG_POOL, PostgresModule, type Pool } from '@claimwire/postgres';
import { isPooled, ROOT_LOGGER, Tracing, type RootLogger } from '@claimwire/service-host';
import { type DynamicModule, Module } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { NormaliseBatchHandler } from './batch/normalise-batch.handler.js';
import { RawEventsConsumer } from './batch/raw-events.consumer.js';
import type { NormalizerConfig } from './config.js';
import { ConnectionDirectory } from './connection-directory.js';
import { DriftRecorder } from './drift/drift-recorder.js';
import { SchemaDrift } from './drift/schema-drift.js';
import { Lifecycle } from './lifecycle.js';
import { NormalizerMetrics } from './metrics.js';
import { Outboxes } from './outbox/outboxes.js';
import { CrashRecords } from './poison/crash-records.js';
import { PoisonGuard } from './poison/poison-guard.js';
import { QuarantineGauges } from './quarantine/quarantine-gauges.js';
import { QuarantineIndexConsumer } from './quarantine/quarantine-index.consumer.js';
import { KAFKA_HANDLE } from './tokens.js';

/** Composition only. */
@Module({})
export class NormalizerModule {
  static forRoot(config: NormalizerConfig): DynamicModule {
    return {
      module: NormalizerModule,
      imports: [PostgresModule.forRoot({ ...config, pipelined: true, keepsPlans: !isPooled(config) })],
      controllers: [RawEventsConsumer, QuarantineIndexConsumer],
      providers: [
        NormalizerMetrics,
        Lifecycle,
        {
          provide: KAFKA_HANDLE,
          useFactory: () => createKafka(kafkaOptions(config)),
        },
        {
          provide: KafkaPublisher,
          inject: [KAFKA_HANDLE],
          useFactory: (handle: KafkaHandle) => new KafkaPublisher(handle),
        },
        {
          provide: ErasureLedger,
          useFactory: () =>
            new ErasureLedger(config.CLAIMWIRE_KEYRING ? Keyring.parse(config.CLAIMWIRE_KEYRING) : null),
        },
        { provide: LaneStore, inject: [PG_POOL], useFactory: (pool: Pool) => new LaneStore(pool) },
        { provide: ConnectionDirectory, inject: [PG_POOL], useFactory: (pool: Pool) => new ConnectionDirectory(pool) },
        {
          provide: Outboxes,
          inject: [PG_POOL, LaneStore, KafkaPublisher, NormalizerMetrics, ROOT_LOGGER, Tracing],
          useFactory: (
            pool: Pool,
            store: LaneStore,
            publisher: KafkaPublisher,
            metrics: NormalizerMetrics,
            logger: RootLogger,
            tracing: Tracing,
          ) =>
            new Outboxes({
              pool,
              store,
              publisher,
              metrics,
              logger,
              tracing,
              owner: randomUUID(),
              leaseMs: config.OUTBOX_LEASE_MS,
            }),
        },
        {
          provide: NormaliseBatchHandler,
          inject: [
            PG_POOL,
            LaneStore,
            KafkaPublisher,
            ConnectionDirectory,
            Outboxes,
            ErasureLedger,
            SchemaDrift,
            NormalizerMetrics,
            ROOT_LOGGER,
            Tracing,
          ],
          useFactory: (
            pool: Pool,
            store: LaneStore,
            publisher: KafkaPublisher,
            connections: ConnectionDirectory,
            outboxes: Outboxes,
            erasures: ErasureLedger,
            drift: SchemaDrift,
            metrics: NormalizerMetrics,
            logger: RootLogger,
            tracing: Tracing,
          ) =>
            new NormaliseBatchHandler({
              pool,
              store,
              publisher,
              connections,
              outboxes,
              erasures,
              drift,
              metrics,
              logger,
              tracing,
            }),
        },
        {
          provide: PoisonGuard,
          inject: [NormaliseBatchHandler, PG_POOL, NormalizerMetrics, ROOT_LOGGER],
          useFactory: (handler: NormaliseBatchHandler, pool: Pool, metrics: NormalizerMetrics, logger: RootLogger) =>
            new PoisonGuard({ handler, records: new CrashRecords(pool), metrics, logger }),
        },
        SchemaDrift,
        {
          provide: DriftRecorder,
          inject: [PG_POOL, SchemaDrift, ROOT_LOGGER],
          useFactory: (pool: Pool, drift: SchemaDrift, logger: RootLogger) => new DriftRecorder(pool, drift, logger),
        },
        {
          provide: QuarantineGauges,
          inject: [PG_POOL, NormalizerMetrics, ROOT_LOGGER],
          useFactory: (pool: Pool, metrics: NormalizerMetrics, logger: RootLogger) =>
            new QuarantineGauges(pool, metrics, logger),
        },
        {
          provide: KafkaBatchServer,
          inject: [KAFKA_HANDLE, LaneStore, Outboxes],
          useFactory: (handle: KafkaHandle, lanes: LaneStore, hooks: Outboxes) =>
            new KafkaBatchServer(handle, {
              stall: stallWatch(handle, config),
              consumers: {
                normalizer: {
                  lanes,
                  hooks,
                  concurrency: config.BATCH_CONCURRENCY,
                  fetchAhead: true,
                  maxMessages: config.BATCH_MAX_EVENTS,
                },
                'quarantine-index': { lanes },
              },
            }),
        },
      ],
    };
  }
}
