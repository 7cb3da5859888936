import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of which topic a lane's offset is, and of which claim a quarantined message. */
export class LaneIdentity1763800000008 implements MigrationInterface {
  readonly name = 'LaneIdentity1763800000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LANES);
    await runner.query(QUARANTINE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table consumer_lanes drop column topic_id;
      drop index quarantine_incomplete;
      alter table quarantine drop column claim_key;`);
  }
}

const LANES = `
alter table consumer_lanes
  -- the cluster's id of the topic that next_offset is in; another one = the topic was recreated; null = not known yet
  add column topic_id text;
`;

const QUARANTINE = `
alter table quarantine
  -- the claim that the message is about, which is incomplete while the item is open; null = about none, or not known
  add column claim_key text;
create index quarantine_incomplete on quarantine (claim_key) where status = 'open' and claim_key is not null;
`;
