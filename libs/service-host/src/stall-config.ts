import { IsInt, Min } from 'class-validator';
import type { HostConfig } from './host-config.js';
import { type ConfigClass, Setting } from './setting.js';

export interface StallSettings {
  /** Milliseconds. */
  LIVENESS_STALL_MS: number;
}

/** Adds when a process that has work and does not get on is to be restarted. */
export function WithStallLimit<B extends HostConfig>(Base: ConfigClass<B>): ConfigClass<B & StallSettings> {
  class StallConfig extends (Base as ConfigClass<HostConfig>) implements StallSettings {
    /** Far above any timeout of ours, a receiver's and PostgreSQL's locks included. */
    @Setting({
      help: 'how long work in hand may stand still, while broker and database answer, until /livez answers 503',
      unit: 'ms',
      default: 300_000,
    })
    @IsInt()
    @Min(1_000)
    LIVENESS_STALL_MS!: number;
  }
  return StallConfig as unknown as ConfigClass<B & StallSettings>;
}
