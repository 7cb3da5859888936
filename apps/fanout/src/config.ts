import { hostname } from 'node:os';
import { HostConfig, Setting, WithDatabase, WithKafka, WithKeyring, WithStallLimit } from '@claimwire/service-host';
import { IsArray, IsInt, IsString, Matches, Max, Min } from 'class-validator';

/** Settings of the fan-out. */
export class FanoutConfig extends WithStallLimit(WithKeyring(WithKafka(WithDatabase(HostConfig)))) {
  @Setting({
    help: 'the name of this replica, unique and kept over restarts: with it a restarted replica goes on at once',
    default: `${hostname()}-${process.pid}`,
  })
  @IsString()
  FANOUT_REPLICA!: string;

  @Setting({ help: 'networks that may be called although they are not public, in CIDR notation', default: [] })
  @IsArray()
  @Matches(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, { each: true })
  EGRESS_ALLOW_NETWORKS!: string[];

  @Setting({ help: 'how long another replica waits for one that died', unit: 's', default: 15 })
  @IsInt()
  @Min(5)
  @Max(300)
  FANOUT_LEASE_SECONDS!: number;

  @Setting({ help: 'the most deliveries kept in memory, over all webhooks', unit: 'deliveries', default: 10_000 })
  @IsInt()
  @Min(100)
  FANOUT_BUFFERED_DELIVERIES!: number;

  @Setting({ help: 'the most that their messages take in memory', unit: 'MiB', default: 24 })
  @IsInt()
  @Min(1)
  FANOUT_BUFFERED_MIB!: number;

  @Setting({ help: 'how long the log of attempts is kept', unit: 'days', default: 30 })
  @IsInt()
  @Min(1)
  @Max(3_650)
  FANOUT_ATTEMPT_DAYS!: number;

  @Setting({ help: 'how long a failed delivery stays in the error queue', unit: 'days', default: 14 })
  @IsInt()
  @Min(1)
  @Max(3_650)
  FANOUT_ERROR_QUEUE_DAYS!: number;

  @Setting({ help: 'how long settled deliveries and ended replays are kept', unit: 'days', default: 30 })
  @IsInt()
  @Min(1)
  @Max(3_650)
  FANOUT_DELIVERY_DAYS!: number;
}
