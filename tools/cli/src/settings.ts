import {
  HostConfig,
  readConfig,
  WithDatabase,
  WithKafka,
  WithKeyring,
  WithReplication,
  type ConfigClass,
  type Environment,
} from '@claimwire/service-host';
import { DEV_FILE, readDevKeyring, readDevSystem } from './dev-system.js';
import { SettingsError } from './usage-error.js';

export class DatabaseConfig extends WithDatabase(HostConfig) {}
export class KafkaConfig extends WithKafka(HostConfig) {}
export class TopicsConfig extends WithReplication(WithKafka(HostConfig)) {}
export class KeyringConfig extends WithKeyring(HostConfig) {}

const DEFAULTS = { MANAGEMENT_PORT: 0, KAFKA_CLIENT_ID: 'claimwire-cli', DATABASE_POOL_SIZE: 4 };

/**
 * The environment as the apps have it; where it names neither store, that of the running development system. Never a mix:
 * one system's database with another's brokers would be repaired into nonsense.
 */
export function environment(env: Environment, devFile = DEV_FILE): Environment {
  if (env.DATABASE_URL || env.KAFKA_BROKERS) return env;
  const dev = readDevSystem(devFile);
  if (!dev) return env;
  const keyring = readDevKeyring(devFile);
  const stores = { DATABASE_URL: dev.postgres.url, KAFKA_BROKERS: dev.kafka.brokers.join(',') };
  return { ...env, ...stores, ...(keyring ? { CLAIMWIRE_KEYRING: keyring } : {}) };
}

/** @throws SettingsError with a line for each problem */
export function settings<T extends object>(config: ConfigClass<T>, env: Environment): T {
  const result = readConfig(config, env, DEFAULTS);
  if (result.ok) return result.config;
  throw new SettingsError(
    [...result.problems, 'In a checkout, "npm start" makes a system that is found by itself.'].join('\n'),
  );
}
