import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, Equals, IsArray, IsNumber, Max, Min } from 'class-validator';
import { Decimal, Whole } from '../http/fields.js';

const DAY_S = 24 * 60 * 60;
const MAX_RETRIES = 100;

/** Retries come after the first try. */
export class FixedRetries {
  @ApiProperty({ enum: ['fixed'] })
  @Equals('fixed')
  type!: 'fixed';

  @Whole({ min: 0, max: MAX_RETRIES, optional: true, default: 4 })
  retries: number = 4;

  @Decimal({ min: 0, max: DAY_S, optional: true, default: 90 })
  delaySeconds: number = 90;
}

export class ExponentialRetries {
  @ApiProperty({ enum: ['exponential'] })
  @Equals('exponential')
  type!: 'exponential';

  @Decimal({ min: 0.01, max: DAY_S, optional: true, default: 1 })
  initialSeconds: number = 1;

  @Decimal({ min: 1, max: 100, optional: true, default: 2 })
  factor: number = 2;

  @Decimal({ min: 0.01, max: DAY_S, optional: true, default: 3_600 })
  maxDelaySeconds: number = 3_600;

  @Decimal({ min: 0, max: 14 * DAY_S, optional: true, default: 14_400 })
  maxElapsedSeconds: number = 14_400;
}

export class ScheduledRetries {
  @ApiProperty({ enum: ['schedule'] })
  @Equals('schedule')
  type!: 'schedule';

  @ApiProperty({ type: 'array', items: { type: 'number', minimum: 0, maximum: DAY_S }, maxItems: MAX_RETRIES })
  @IsArray()
  @ArrayMaxSize(MAX_RETRIES)
  @IsNumber({}, { each: true })
  @Min(0, { each: true })
  @Max(DAY_S, { each: true })
  delaysSeconds!: number[];
}

export const RETRY_POLICIES = { fixed: FixedRetries, exponential: ExponentialRetries, schedule: ScheduledRetries };
export type RetryPolicyDto = FixedRetries | ExponentialRetries | ScheduledRetries;
