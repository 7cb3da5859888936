import { IsInt, Max, Min } from 'class-validator';
import type { HostConfig } from './host-config.js';
import { type ConfigClass, Setting } from './setting.js';

export interface ReplicationSettings {
  TOPIC_REPLICATION: number;
  TOPIC_MIN_INSYNC_REPLICAS: number;
}

/** Adds how safely topics keep what is written. */
export function WithReplication<B extends HostConfig>(Base: ConfigClass<B>): ConfigClass<B & ReplicationSettings> {
  class ReplicationConfig extends (Base as ConfigClass<HostConfig>) implements ReplicationSettings {
    @Setting({ help: 'on how many brokers each partition is kept', unit: 'brokers', default: 1 })
    @IsInt()
    @Min(1)
    @Max(32)
    TOPIC_REPLICATION!: number;

    @Setting({ help: 'how many of them must have a message before it counts as written', unit: 'brokers', default: 1 })
    @IsInt()
    @Min(1)
    @Max(32)
    TOPIC_MIN_INSYNC_REPLICAS!: number;

    override problems(): string[] {
      const problems = super.problems();
      if (this.TOPIC_MIN_INSYNC_REPLICAS > this.TOPIC_REPLICATION) {
        problems.push(
          'TOPIC_MIN_INSYNC_REPLICAS must not be greater than TOPIC_REPLICATION: no write would ever succeed',
        );
      }
      return problems;
    }
  }
  return ReplicationConfig as unknown as ConfigClass<B & ReplicationSettings>;
}
