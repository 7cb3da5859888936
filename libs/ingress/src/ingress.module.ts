import { PostgresModule } from '@claimwire/postgres';
import type { Provider as ClaimProvider } from '@claimwire/provider-kit';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ConnectionStore } from './connection-store.js';
import { FallbackRawEventSink } from './fallback-raw-event-sink.js';
import type { IngressConfig } from './ingress-config.js';
import { IngressRoutes } from './ingress-routes.js';
import { KafkaRawEventSink } from './kafka-raw-event-sink.js';
import { IngressMetrics } from './metrics.js';
import { PROVIDER } from './provider.token.js';
import { PublishCircuit } from './publish-circuit.js';
import { RAW_EVENT_SINK, type RawEventSink } from './raw-event-sink.js';
import { RefusalAudit } from './refusal-audit.js';
import { SpoolDrainer } from './spool/spool-drainer.js';
import { SpoolMetrics } from './spool/spool-metrics.js';
import { SpoolRawEventSink } from './spool/spool-raw-event-sink.js';
import { WebhookReceiver } from './webhook-receiver.js';

/** Kafka, the spool for its outages, and who empties it. */
const STORES: Provider[] = [
  KafkaRawEventSink,
  SpoolMetrics,
  SpoolRawEventSink,
  {
    provide: FallbackRawEventSink,
    inject: [KafkaRawEventSink, SpoolRawEventSink, SpoolMetrics, ROOT_LOGGER],
    useFactory: (kafka: RawEventSink, spool: RawEventSink, metrics: SpoolMetrics, logger: RootLogger) =>
      new FallbackRawEventSink(kafka, spool, new PublishCircuit(), (state, code) => {
        metrics.circuitOpen.set(state === 'open' ? 1 : 0);
        if (state === 'open') logger.error({ code }, 'Kafka does not acknowledge: events go to the spool');
        else logger.info('Kafka acknowledges again');
      }),
  },
  { provide: RAW_EVENT_SINK, useExisting: FallbackRawEventSink },
  SpoolDrainer,
];

/**
 * Of each statement: a database that has fallen silent must not keep the drainer, an audit or a look-up until TCP gives up,
 * which can take hours. They come back by themselves.
 */
const QUERY_TIMEOUT_MS = 5_000;

@Module({})
export class IngressModule {
  /** @param sink instead of Kafka and the spool, for a test of what happens when nothing acknowledges */
  static forProvider(provider: ClaimProvider, config: IngressConfig, sink?: RawEventSink): DynamicModule {
    return {
      module: IngressModule,
      imports: [PostgresModule.forRoot({ ...config, queryTimeoutMs: QUERY_TIMEOUT_MS })],
      providers: [
        { provide: PROVIDER, useValue: provider },
        ...(sink ? [{ provide: RAW_EVENT_SINK, useValue: sink }] : STORES),
        IngressMetrics,
        ConnectionStore,
        RefusalAudit,
        WebhookReceiver,
        IngressRoutes,
      ],
    };
  }
}
