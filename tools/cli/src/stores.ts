import { createKafka, kafkaOptions, type KafkaHandle } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { createPool, type Pool } from '@claimwire/postgres';
import type { Environment } from '@claimwire/service-host';
import { DatabaseConfig, environment, KafkaConfig, KeyringConfig, settings } from './settings.js';

/** PostgreSQL and Kafka of one run, each opened when first asked for. */
export class Stores {
  readonly env: Environment;
  private pool: Pool | null = null;
  private handle: KafkaHandle | null = null;

  constructor(env: Environment) {
    this.env = environment(env);
  }

  database(): Pool {
    if (!this.pool) {
      const { DATABASE_URL, DATABASE_POOL_SIZE } = settings(DatabaseConfig, this.env);
      this.pool = createPool(DATABASE_URL, DATABASE_POOL_SIZE);
    }
    return this.pool;
  }

  kafka(): KafkaHandle {
    // The client's complaints of each try would bury the one sentence that says why.
    this.handle ??= createKafka({
      ...kafkaOptions(settings(KafkaConfig, this.env)),
      logger: { warn: () => undefined },
    });
    return this.handle;
  }

  keyring(): Keyring {
    return Keyring.parse(settings(KeyringConfig, this.env).CLAIMWIRE_KEYRING);
  }

  async close(): Promise<void> {
    await this.handle?.close();
    await this.pool?.end();
  }
}
