import { HostConfig, Setting, WithDatabase, WithKafka, WithKeyring, WithStallLimit } from '@claimwire/service-host';
import { IsArray, IsInt, Max, Min } from 'class-validator';

/** A try asks for the transaction and for its report, then publishes. */
const REQUESTS_OF_A_TRY = 2;
const PUBLISHING_MS = 5_000;

export class StediReportsConfig extends WithStallLimit(WithKeyring(WithDatabase(WithKafka(HostConfig)))) {
  @Setting({ help: 'the networks that may be called although they are not public, CIDR[,CIDR…]', default: [] })
  @IsArray()
  EGRESS_ALLOW_NETWORKS!: string[];

  @Setting({ help: 'how many jobs this process works on at once', unit: 'jobs', default: 64 })
  @IsInt()
  @Min(1)
  @Max(512)
  FETCH_CONCURRENCY!: number;

  /** Stedi allows about 100 at once; more than some do not make a connection faster. */
  @Setting({ help: 'how many jobs of one connection run at once, over all replicas', unit: 'jobs', default: 8 })
  @IsInt()
  @Min(1)
  @Max(100)
  CONNECTION_CONCURRENCY!: number;

  @Setting({ help: 'the most requests for one connection, over all replicas', unit: 'requests/s', default: 100 })
  @IsInt()
  @Min(4)
  @Max(100)
  CONNECTION_REQUESTS_PER_SECOND!: number;

  @Setting({ help: 'how long one answer may take', unit: 'ms', default: 10_000 })
  @IsInt()
  @Min(1)
  FETCH_TIMEOUT_MS!: number;

  @Setting({ help: 'the first wait before a failed try is repeated, doubled each time', unit: 'ms', default: 1_000 })
  @IsInt()
  @Min(10)
  RETRY_FIRST_MS!: number;

  @Setting({ help: 'the longest wait between two tries', unit: 'ms', default: 300_000 })
  @IsInt()
  @Min(10)
  RETRY_LONGEST_MS!: number;

  @Setting({
    help: 'how long 429, 5xx and timeouts are tried again before quarantine',
    unit: 'ms',
    default: 14_400_000,
  })
  @IsInt()
  @Min(0)
  RETRY_MAX_AGE_MS!: number;

  /** A report can lag the event that announces it. */
  @Setting({ help: 'how long a report that is not found is tried again', unit: 'ms', default: 3_600_000 })
  @IsInt()
  @Min(0)
  NOT_FOUND_MAX_AGE_MS!: number;

  @Setting({ help: 'for how long a crashed replica keeps its jobs from others', unit: 'ms', default: 60_000 })
  @IsInt()
  @Min(1_000)
  JOB_LEASE_MS!: number;

  @Setting({ help: 'how often due jobs are looked for where none was announced', unit: 'ms', default: 250 })
  @IsInt()
  @Min(10)
  JOB_POLL_MS!: number;

  @Setting({
    help: 'how long settled jobs are kept: until then, they are not fetched twice',
    unit: 'days',
    default: 30,
  })
  @IsInt()
  @Min(3)
  JOB_RETENTION_DAYS!: number;

  @Setting({
    help: 'how often each connection is polled for missed transactions; 0 = never',
    unit: 'ms',
    default: 900_000,
  })
  @IsInt()
  @Min(0)
  BACKFILL_INTERVAL_MS!: number;

  @Setting({ help: 'how many connections this process polls at once', unit: 'connections', default: 8 })
  @IsInt()
  @Min(1)
  @Max(100)
  BACKFILL_CONCURRENCY!: number;

  /** Stedi sends a webhook for about six minutes before it gives up. */
  @Setting({
    help: 'how old a transaction is before it counts as missed; Stedi lists none of the last minute',
    unit: 'ms',
    default: 600_000,
  })
  @IsInt()
  @Min(0)
  BACKFILL_LAG_MS!: number;

  @Setting({ help: 'how far back the first poll of a connection looks', unit: 'ms', default: 86_400_000 })
  @IsInt()
  @Min(0)
  BACKFILL_FIRST_LOOK_MS!: number;

  override problems(): string[] {
    const needed = REQUESTS_OF_A_TRY * this.FETCH_TIMEOUT_MS + PUBLISHING_MS;
    if (this.JOB_LEASE_MS >= needed) return super.problems();
    const why = `JOB_LEASE_MS must be at least ${needed}: two answers of FETCH_TIMEOUT_MS and ${PUBLISHING_MS} ms to publish`;
    return [...super.problems(), why];
  }
}
