import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A delivery's trace, so that a try after a restart, by another replica or long after is in the webhook's. No row is rewritten. */
export class DeliveryTraces1763800000019 implements MigrationInterface {
  readonly name = 'DeliveryTraces1763800000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- W3C Trace Context of the event's message; null = stored while tracing was off, or a replay.
      alter table deliveries add column traceparent text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table deliveries drop column traceparent');
  }
}
