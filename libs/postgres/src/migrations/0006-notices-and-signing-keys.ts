import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What fan-out tells about its webhooks, and the keys that sign deliveries as JWTs. */
export class NoticesAndSigningKeys1763800000006 implements MigrationInterface {
  readonly name = 'NoticesAndSigningKeys1763800000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(EXHAUSTED);
    await runner.query(KEYS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table exhausted_deliveries, signing_keys;');
  }
}

const EXHAUSTED = `
-- One row per webhook: deliveries that ended in the error queue and are not told by a notice yet.
create table exhausted_deliveries (
  webhook_id text primary key references webhooks on delete cascade,
  tenant_id text not null,
  deliveries int not null,
  -- the first of them
  event_id text not null,
  attempts int not null,
  -- the next notice comes a minute after this at the earliest
  noticed_at timestamptz not null default '-infinity'
);
`;

const KEYS = `
-- RSA keys of tenants; the public halves are at /.well-known/jwks.json.
create table signing_keys (
  kid text primary key,
  tenant_id text not null references tenants,
  -- JWK {kty, n, e}
  public_jwk jsonb not null,
  -- PKCS #8 PEM, sealed for (tenant, "signing_keys", kid, "sealed")
  sealed bytea not null,
  created_at timestamptz not null default now(),
  -- published before it is used: verifiers may keep the key set for a while
  signs_from timestamptz not null,
  -- verifiers need it no longer; null = not replaced
  published_until timestamptz
);
create index on signing_keys (tenant_id);
create trigger changed after insert or update or delete on signing_keys for each statement execute function notify_configuration();
`;
