import { KafkaBatch, type Batch, type LaneBatch } from '@claimwire/kafka';
import { RAW_TOPICS } from '@claimwire/normalizing';
import { Controller } from '@nestjs/common';
import { PoisonGuard } from '../poison/poison-guard.js';

/** Every raw topic that some provider normalises. */
@Controller()
export class RawEventsConsumer {
  constructor(private readonly guard: PoisonGuard) {}

  @KafkaBatch({ consumer: 'normalizer', topics: RAW_TOPICS })
  async handle(batch: Batch): Promise<void> {
    await this.guard.handle(batch as LaneBatch);
  }
}
