import { HostConfig, Setting, WithDatabase, WithHttp, WithKafka, WithKeyring } from '@claimwire/service-host';
import { IsInt, Max, Min } from 'class-validator';

const MIB = 1024 * 1024;

/** Settings of every ingress; the ports' defaults are the shell's. */
export class IngressConfig extends WithKeyring(WithDatabase(WithKafka(WithHttp(HostConfig)))) {
  /** The raw topics take 4 MiB: body, key and headers must fit. */
  @Setting({ help: 'the longest body that is taken, answered 413 beyond', unit: 'bytes', default: MIB })
  @IsInt()
  @Min(1)
  @Max(3 * MIB)
  MAX_BODY_BYTES!: number;

  /** Below the 5 s that Stedi waits. */
  @Setting({ help: 'how long a request waits for the brokers to acknowledge', unit: 'ms', default: 4_000 })
  @IsInt()
  @Min(1)
  PUBLISH_DEADLINE_MS!: number;

  @Setting({ help: 'how long a whole request may take to arrive', unit: 'ms', default: 30_000 })
  @IsInt()
  @Min(1)
  REQUEST_TIMEOUT_MS!: number;

  @Setting({
    help: 'how often the configuration is compared where a notification may be lost',
    unit: 'ms',
    default: 5_000,
  })
  @IsInt()
  @Min(10)
  CONFIGURATION_POLL_MS!: number;
}
