import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The order of deliveries by an index that nothing but a look for one claim can use, and that such a look cannot do without.
 *
 * By columns, as `deliveries_claim_order` had it, the planner had two ways to a claim's pending deliveries: this index, and all
 * that is pending of the webhook by `deliveries_waiting`. A burst is always newer than the statistics, by which either gives
 * one row: where it took the second, each look read the whole backlog. What still asks by the columns gets right answers,
 * slowly where much is pending. Built while the table is written to: not possible in a transaction.
 */
export class DeliveryOrderIndex1763800000020 implements MigrationInterface {
  readonly name = 'DeliveryOrderIndex1763800000020';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // A build that was interrupted leaves an index that is not valid.
    await runner.query('drop index concurrently if exists deliveries_of_claim');
    await runner.query(`
      create index concurrently deliveries_of_claim on deliveries ((webhook_id || ' ' || claim_key), version)
        where coalesce(state = 'pending', false) and replay_id = ''`);
    await runner.query('drop index concurrently if exists deliveries_claim_order');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create index deliveries_claim_order on deliveries (webhook_id, claim_key, version) where state = 'pending'`,
    );
    await runner.query('drop index if exists deliveries_of_claim');
  }
}
