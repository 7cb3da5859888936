import { KafkaBatchServer, KafkaPublisher, type KafkaHandle } from '@claimwire/kafka';
import { HealthRegistry } from '@claimwire/service-host';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Dispatcher } from 'undici';
import { Configuration } from './configuration/configuration.js';
import { Fanout } from './fanout.js';
import { ReplayWorker } from './replays/replay-worker.js';
import { Housekeeping } from './retention/housekeeping.js';
import { DISPATCHER, KAFKA_HANDLE } from './tokens.js';

/** Starts and stops the sending; it stops before Nest stops the consumers, and the pool is closed after both. */
@Injectable()
export class Lifecycle implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly fanout: Fanout,
    private readonly replays: ReplayWorker,
    private readonly housekeeping: Housekeeping,
    private readonly configuration: Configuration,
    private readonly server: KafkaBatchServer,
    private readonly publisher: KafkaPublisher,
    private readonly health: HealthRegistry,
    @Inject(KAFKA_HANDLE) private readonly handle: KafkaHandle,
    @Inject(DISPATCHER) private readonly dispatcher: Dispatcher,
  ) {}

  async onModuleInit(): Promise<void> {
    this.health.addReadiness('consumers', () => this.server.readiness());
    this.health.addLiveness('consumers', () => this.server.liveness());
    this.health.addLiveness('sending', () => this.fanout.liveness());
    this.health.addReadiness('configuration', () => this.configuration.loaded !== null || 'not loaded yet');
    await this.publisher.start();
    this.fanout.start();
    this.replays.start();
    this.housekeeping.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.fanout.stop(), this.replays.stop(), this.housekeeping.stop()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.publisher.stop();
    await this.dispatcher.destroy();
    await this.handle.close();
  }
}
