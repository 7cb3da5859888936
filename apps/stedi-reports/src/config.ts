import { HostConfig, Setting, WithDatabase, WithKafka, WithKeyring } from '@claimwire/service-host';
import { IsArray, IsInt, Max, Min } from 'class-validator';

export class StediReportsConfig extends WithKeyring(WithDatabase(WithKafka(HostConfig))) {
  @Setting({ help: 'the networks that may be called although they are not public, CIDR[,CIDR…]', default: [] })
  @IsArray()
  EGRESS_ALLOW_NETWORKS!: string[];

  /** Stedi allows about 100 requests at once; up to six partitions are worked on at a time. */
  @Setting({ help: 'how many transactions of one batch are fetched at once', unit: 'requests', default: 8 })
  @IsInt()
  @Min(1)
  @Max(16)
  FETCH_CONCURRENCY!: number;

  @Setting({ help: 'how long one answer may take', unit: 'ms', default: 10_000 })
  @IsInt()
  @Min(1)
  FETCH_TIMEOUT_MS!: number;

  /** Other connections' transactions in the partition wait at most about this long. */
  @Setting({ help: 'how long one transaction is tried before it goes to quarantine', unit: 'ms', default: 30_000 })
  @IsInt()
  @Min(0)
  FETCH_BUDGET_MS!: number;
}
