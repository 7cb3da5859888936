import { IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import type { CrossChecked } from './read-config.js';
import { type ConfigClass, Setting } from './setting.js';
import { TracingConfig } from './tracing/tracing-config.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];

/** What every process has. Port 0 = any free one (tests). */
export class HostConfig extends TracingConfig implements CrossChecked {
  @Setting({ help: 'production or development', default: 'development' })
  @IsString()
  NODE_ENV!: string;

  @Setting({ help: `one of ${LOG_LEVELS.join(', ')}`, default: 'info' })
  @IsIn(LOG_LEVELS)
  LOG_LEVEL!: string;

  @Setting({ help: 'the address of /livez, /readyz and /metrics', default: '127.0.0.1' })
  @IsString()
  MANAGEMENT_HOST!: string;

  @Setting({ help: 'the port of /livez, /readyz and /metrics' })
  @IsInt()
  @Min(0)
  @Max(65535)
  MANAGEMENT_PORT!: number;

  @Setting({ help: 'how long work in flight may finish after SIGTERM', unit: 'ms', default: 10_000 })
  @IsInt()
  @Min(0)
  SHUTDOWN_GRACE_MS!: number;

  @Setting({ help: 'the fault point at which the process kills itself (tests only)', optional: true })
  @IsString()
  CLAIMWIRE_TEST_FAULT?: string;

  problems(): string[] {
    if (!this.CLAIMWIRE_TEST_FAULT || this.NODE_ENV !== 'production') return [];
    return ['CLAIMWIRE_TEST_FAULT kills the process: unset it where NODE_ENV is production'];
  }
}

export interface HttpSettings {
  HOST: string;
  PORT: number;
  SHUTDOWN_DRAIN_MS: number;
}

/** Adds where the public port listens. */
export function WithHttp<B extends HostConfig>(Base: ConfigClass<B>): ConfigClass<B & HttpSettings> {
  class HttpConfig extends (Base as ConfigClass<HostConfig>) implements HttpSettings {
    @Setting({ help: 'the address of the public port', default: '127.0.0.1' })
    @IsString()
    HOST!: string;

    @Setting({ help: 'the public port' })
    @IsInt()
    @Min(0)
    @Max(65535)
    PORT!: number;

    @Setting({
      help:
        'how long requests are still taken after SIGTERM, each connection told to end, while load balancers take notice; ' +
        'part of SHUTDOWN_GRACE_MS',
      unit: 'ms',
      default: 0,
    })
    @IsInt()
    @Min(0)
    SHUTDOWN_DRAIN_MS!: number;

    override problems(): string[] {
      const problems = super.problems();
      if (this.SHUTDOWN_DRAIN_MS > 0 && this.SHUTDOWN_DRAIN_MS >= this.SHUTDOWN_GRACE_MS) {
        problems.push('SHUTDOWN_DRAIN_MS must be less than SHUTDOWN_GRACE_MS: work in flight needs the rest');
      }
      return problems;
    }
  }
  return HttpConfig as unknown as ConfigClass<B & HttpSettings>;
}

export interface DatabaseSettings {
  /** postgres://user:password@host:port/database */
  DATABASE_URL: string;
  DATABASE_DIRECT_URL?: string;
  DATABASE_POOL_SIZE: number;
}

/** For what needs a session of its own, and so cannot go through a pooler in transaction mode: LISTEN, locks held for long, migrations. */
export const directDatabaseUrl = ({ DATABASE_URL, DATABASE_DIRECT_URL }: DatabaseSettings): string =>
  DATABASE_DIRECT_URL ?? DATABASE_URL;

/** Whether `DATABASE_URL` is a pooler's, where each transaction may have another session. */
export const isPooled = ({ DATABASE_URL, DATABASE_DIRECT_URL }: DatabaseSettings): boolean =>
  DATABASE_DIRECT_URL !== undefined && DATABASE_DIRECT_URL !== DATABASE_URL;

/** Adds where PostgreSQL is. */
export function WithDatabase<B extends HostConfig>(Base: ConfigClass<B>): ConfigClass<B & DatabaseSettings> {
  class DatabaseConfig extends (Base as ConfigClass<HostConfig>) implements DatabaseSettings {
    @Setting({ help: 'the PostgreSQL address, postgres://user:password@host:port/database', secret: true })
    @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must start with postgres://' })
    DATABASE_URL!: string;

    @Setting({
      help: 'the same past a pooler in transaction mode, for LISTEN and migrations; only where DATABASE_URL is a pooler',
      optional: true,
      secret: true,
    })
    @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_DIRECT_URL must start with postgres://' })
    DATABASE_DIRECT_URL?: string;

    @Setting({ help: 'the most connections to PostgreSQL', unit: 'connections', default: 10 })
    @IsInt()
    @Min(1)
    @Max(1000)
    DATABASE_POOL_SIZE!: number;
  }
  return DatabaseConfig as unknown as ConfigClass<B & DatabaseSettings>;
}

export interface KeyringSettings {
  /** `<id>:<base64 of 32 bytes>[,…]`, the first seals. */
  CLAIMWIRE_KEYRING: string;
}

/** Adds the key ring that opens stored secrets. */
export function WithKeyring<B extends HostConfig>(Base: ConfigClass<B>): ConfigClass<B & KeyringSettings> {
  class KeyringConfig extends (Base as ConfigClass<HostConfig>) implements KeyringSettings {
    @Setting({ help: 'the keys of stored secrets, <id>:<base64 of 32 bytes>[,…], the first one seals', secret: true })
    @Matches(/^[^:,]+:[A-Za-z0-9+/]{43}=?(,[^:,]+:[A-Za-z0-9+/]{43}=?)*$/, {
      message: 'CLAIMWIRE_KEYRING must be <id>:<base64 of 32 bytes>[,<id>:<base64>…]',
    })
    CLAIMWIRE_KEYRING!: string;

    override problems(): string[] {
      return [...super.problems(), ...keyringProblems(this.CLAIMWIRE_KEYRING, this.NODE_ENV)];
    }
  }
  return KeyringConfig as unknown as ConfigClass<B & KeyringSettings>;
}

/** Ids of the keys that "npm start" makes (tools/dev). */
const DEVELOPMENT_KEY = /^dev\d*$/;

/**
 * A key that others may know seals nothing in production.
 * @param keyring CLAIMWIRE_KEYRING, well-formed; undefined where an app does not have it
 * @param environment NODE_ENV
 */
export function keyringProblems(keyring: string | undefined, environment: string): string[] {
  if (!keyring || environment !== 'production') return [];
  return keyring.split(',').flatMap((entry) => {
    const [id = '', material = ''] = entry.trim().split(':');
    const isRandom = new Set(Buffer.from(material, 'base64')).size > 2;
    if (DEVELOPMENT_KEY.test(id)) return [`CLAIMWIRE_KEYRING has the development key "${id}": make one of its own`];
    return isRandom
      ? []
      : [`CLAIMWIRE_KEYRING: the key "${id}" is not random: make one with "openssl rand -base64 32"`];
  });
}
