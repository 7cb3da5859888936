import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where an ingress keeps verified events while Kafka does not acknowledge (docs/adr/0004). */
export class IngressSpool1763800000002 implements MigrationInterface {
  readonly name = 'IngressSpool1763800000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SPOOL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ingress_spool, ingress_spool_usage;');
  }
}

const SPOOL = `
create table ingress_spool (
  -- order of arrival
  id bigint generated always as identity primary key,
  tenant_id text not null,
  ce_id text not null,
  -- without the deployment's prefix
  topic text not null,
  -- JSON {key, headers, value: base64} (libs/keyring)
  sealed bytea not null,
  spooled_at timestamptz not null default now(),
  -- later than now: the brokers refused this very message, it waits apart from the others
  retry_at timestamptz not null default now()
);

-- One row, kept in step by every insert and delete: the bound is exact over all replicas and costs no count.
create table ingress_spool_usage (
  singleton boolean primary key default true check (singleton),
  rows bigint not null default 0,
  bytes bigint not null default 0
);
insert into ingress_spool_usage default values;
`;
