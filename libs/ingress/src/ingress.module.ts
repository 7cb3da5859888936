import { PostgresModule } from '@claimwire/postgres';
import type { Provider } from '@claimwire/provider-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectionStore } from './connection-store.js';
import type { IngressConfig } from './ingress-config.js';
import { IngressRoutes } from './ingress-routes.js';
import { KafkaRawEventSink } from './kafka-raw-event-sink.js';
import { IngressMetrics } from './metrics.js';
import { PROVIDER } from './provider.token.js';
import { RAW_EVENT_SINK, type RawEventSink } from './raw-event-sink.js';
import { RefusalAudit } from './refusal-audit.js';
import { WebhookReceiver } from './webhook-receiver.js';

@Module({})
export class IngressModule {
  /** @param sink instead of Kafka, for a test of what happens when nothing acknowledges */
  static forProvider(provider: Provider, config: IngressConfig, sink?: RawEventSink): DynamicModule {
    return {
      module: IngressModule,
      imports: [PostgresModule.forRoot(config)],
      providers: [
        { provide: PROVIDER, useValue: provider },
        sink ? { provide: RAW_EVENT_SINK, useValue: sink } : { provide: RAW_EVENT_SINK, useClass: KafkaRawEventSink },
        IngressMetrics,
        ConnectionStore,
        RefusalAudit,
        WebhookReceiver,
        IngressRoutes,
      ],
    };
  }
}
