import { HostConfig, Setting, WithDatabase, WithHttp, WithKafka, WithKeyring } from '@claimwire/service-host';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';

const MIB = 1024 * 1024;
const DAY_S = 24 * 60 * 60;

/** Settings of every ingress; the ports' defaults are the shell's. */
export class IngressConfig extends WithKeyring(WithDatabase(WithKafka(WithHttp(HostConfig)))) {
  /** The raw topics take 4 MiB: body, key and headers must fit. */
  @Setting({ help: 'the longest body that is taken, answered 413 beyond', unit: 'bytes', default: MIB })
  @IsInt()
  @Min(1)
  @Max(3 * MIB)
  MAX_BODY_BYTES!: number;

  /** Off: none of the four providers documents that it compresses, and unpacking is work for whoever knows an address. */
  @Setting({
    help:
      'whether gzip bodies are taken, at most MAX_BODY_BYTES when unpacked; the unpacked bytes are what a signature must ' +
      'cover and what is published. Other codings, and gzip where this is false, are answered 415',
    default: false,
  })
  @IsBoolean()
  INGRESS_ACCEPT_GZIP!: boolean;

  /** Below the 5 s that Stedi waits. */
  @Setting({
    help: 'how long a request waits for the brokers to acknowledge before its event goes to the spool',
    unit: 'ms',
    default: 4_000,
  })
  @IsInt()
  @Min(1)
  PUBLISH_DEADLINE_MS!: number;

  /** With the deadline above still below 5 s. */
  @Setting({ help: 'how long a request then waits for PostgreSQL to commit it', unit: 'ms', default: 800 })
  @IsInt()
  @Min(1)
  SPOOL_DEADLINE_MS!: number;

  @Setting({ help: 'the most events in the spool, answered 503 beyond', unit: 'events', default: 1_000_000 })
  @IsInt()
  @Min(0)
  SPOOL_MAX_ROWS!: number;

  @Setting({ help: 'the most bytes in the spool, answered 503 beyond', unit: 'bytes', default: 1024 * MIB })
  @IsInt()
  @Min(0)
  SPOOL_MAX_BYTES!: number;

  @Setting({ help: 'how often the spool is looked at', unit: 'ms', default: 1_000 })
  @IsInt()
  @Min(10)
  SPOOL_DRAIN_INTERVAL_MS!: number;

  /** Above it a flood would end the process, and with it every request that it holds. */
  @Setting({
    help: 'the most bytes that requests in flight may hold, answered 503 beyond',
    unit: 'bytes',
    default: 64 * MIB,
  })
  @IsInt()
  @Min(64 * 1024)
  MAX_IN_FLIGHT_BYTES!: number;

  @Setting({ help: 'the longest all headers of a request may be, answered 431 beyond', unit: 'bytes', default: 16_384 })
  @IsInt()
  @Min(1_024)
  @Max(MIB)
  MAX_HEADER_BYTES!: number;

  @Setting({ help: 'the most headers of a request, answered 431 beyond', unit: 'headers', default: 100 })
  @IsInt()
  @Min(1)
  @Max(1_000)
  MAX_HEADERS!: number;

  @Setting({ help: 'the deepest nesting of a body, quarantined beyond', unit: 'levels', default: 64 })
  @IsInt()
  @Min(1)
  @Max(1_000)
  MAX_JSON_DEPTH!: number;

  @Setting({ help: 'the most members and elements of a body, quarantined beyond', unit: 'values', default: 50_000 })
  @IsInt()
  @Min(1)
  MAX_JSON_VALUES!: number;

  @Setting({
    help: 'wrong credentials that a source may send to a connection, answered 429 beyond; right ones are always taken',
    unit: 'per minute',
    default: 60,
  })
  @IsInt()
  @Min(1)
  FAILED_AUTH_PER_MINUTE!: number;

  @Setting({ help: 'how long the headers of a request may take to arrive', unit: 'ms', default: 10_000 })
  @IsInt()
  @Min(1)
  HEADERS_TIMEOUT_MS!: number;

  @Setting({ help: 'how long a whole request may take to arrive', unit: 'ms', default: 30_000 })
  @IsInt()
  @Min(1)
  REQUEST_TIMEOUT_MS!: number;

  /** With the reading itself a change holds within 5 s, also where its notification was lost. */
  @Setting({
    help: 'how often the configuration is compared where a notification may be lost',
    unit: 'ms',
    default: 3_000,
  })
  @IsInt()
  @Min(10)
  CONFIGURATION_POLL_MS!: number;

  /** A credential that was withdrawn meanwhile must not be good for ever. */
  @Setting({
    help: 'how long connections in memory are good while PostgreSQL is away, answered 503 beyond',
    unit: 's',
    default: DAY_S,
  })
  @IsInt()
  @Min(1)
  CONNECTIONS_MAX_AGE_S!: number;
}
