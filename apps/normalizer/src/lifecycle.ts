import { KafkaBatchServer, KafkaPublisher, type KafkaHandle } from '@claimwire/kafka';
import { listen, type Listening } from '@claimwire/postgres';
import { directDatabaseUrl, HealthRegistry } from '@claimwire/service-host';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { NormalizerConfig } from './config.js';
import { ConnectionDirectory } from './connection-directory.js';
import { DriftRecorder } from './drift/drift-recorder.js';
import { QuarantineGauges } from './quarantine/quarantine-gauges.js';
import { KAFKA_HANDLE } from './tokens.js';

/** Starts and stops what has no hooks of its own; Nest has stopped the consumers when the last hook runs. */
@Injectable()
export class Lifecycle implements OnModuleInit, OnApplicationShutdown {
  private listening: Listening | null = null;

  constructor(
    private readonly config: NormalizerConfig,
    private readonly publisher: KafkaPublisher,
    private readonly server: KafkaBatchServer,
    private readonly connections: ConnectionDirectory,
    private readonly health: HealthRegistry,
    private readonly drift: DriftRecorder,
    private readonly gauges: QuarantineGauges,
    @Inject(KAFKA_HANDLE) private readonly handle: KafkaHandle,
  ) {}

  async onModuleInit(): Promise<void> {
    this.health.addReadiness('consumers', () => this.server.readiness());
    this.health.addLiveness('consumers', () => this.server.liveness());
    this.listening = listen(directDatabaseUrl(this.config), 'configuration', () => this.connections.invalidate());
    this.drift.start();
    this.gauges.start();
    await this.publisher.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.gauges.stop();
    await this.drift.stop();
    await this.listening?.stop();
    await this.publisher.stop();
    await this.handle.close();
  }
}
