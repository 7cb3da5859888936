import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes on large tables, built while they are written to: not possible in a transaction. */
export class DeliveryIndexes1763800000011 implements MigrationInterface {
  readonly name = 'DeliveryIndexes1763800000011';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of Object.entries(INDEXES)) {
      // A build that was interrupted leaves an index that is not valid.
      await runner.query(`drop index concurrently if exists ${name}`);
      await runner.query(`create index concurrently ${name} on ${definition}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await runner.query(`drop index if exists ${name}`);
  }
}

const INDEXES = {
  // progress of a replay, and how many of its deliveries wait
  deliveries_replay: `deliveries (replay_id, state) where replay_id <> ''`,
  // what leaves the error queue by age
  deliveries_expiring: `deliveries (settled_at) where state = 'exhausted'`,
  idempotency_keys_age: 'idempotency_keys (created_at)',
  notices_received: 'notices (tenant_id, received_at, id)',
};
