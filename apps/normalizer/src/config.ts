import { HostConfig, keyringProblems, Setting, WithDatabase, WithKafka, WithStallLimit } from '@claimwire/service-host';
import { IsInt, IsString, Max, Min } from 'class-validator';

export class NormalizerConfig extends WithStallLimit(WithKafka(WithDatabase(HostConfig))) {
  @Setting({ help: 'the most raw events that one transaction stores', unit: 'events', default: 1_000 })
  @IsInt()
  @Min(1)
  @Max(10_000)
  BATCH_MAX_EVENTS!: number;

  @Setting({ help: 'how many partitions are worked on at the same time', unit: 'partitions', default: 3 })
  @IsInt()
  @Min(1)
  @Max(64)
  BATCH_CONCURRENCY!: number;

  @Setting({
    help: 'the keys of the ledger of erased claims, as the api has them: needed once a claim was erased',
    optional: true,
    secret: true,
  })
  @IsString()
  CLAIMWIRE_KEYRING?: string;

  @Setting({
    help: 'for how long a crashed replica keeps others from sending its outgoing messages',
    unit: 'ms',
    default: 6_000,
  })
  @IsInt()
  @Min(2_000)
  @Max(60_000)
  OUTBOX_LEASE_MS!: number;

  override problems(): string[] {
    return [...super.problems(), ...keyringProblems(this.CLAIMWIRE_KEYRING, this.NODE_ENV)];
  }
}
