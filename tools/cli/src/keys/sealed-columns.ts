/** A column with sealed values (libs/keyring), and where each of them stands. */
export interface SealedColumn {
  table: string;
  column: string;
  /** Expressions over the row `t`, and `owner` where it is joined: the tenant and the row of the seal's context. */
  tenant: string;
  row: string;
  join?: string;
}

/** Every one: a test compares this with the schema. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'connections', column: 'sealed', tenant: 't.tenant_id', row: 't.id' },
  {
    table: 'connection_tokens',
    column: 'sealed',
    tenant: 'owner.tenant_id',
    row: 't.connection_id',
    join: 'join connections owner on owner.id = t.connection_id',
  },
  { table: 'credential_sets', column: 'sealed', tenant: 't.tenant_id', row: 't.id' },
  { table: 'webhooks', column: 'signing_sealed', tenant: 't.tenant_id', row: 't.id' },
  { table: 'signing_keys', column: 'sealed', tenant: 't.tenant_id', row: 't.kid' },
  { table: 'erasure_keys', column: 'sealed', tenant: `''`, row: 't.key_id' },
  { table: 'idempotency_keys', column: 'sealed', tenant: 't.tenant_id', row: 't.key' },
  { table: 'ingress_spool', column: 'sealed', tenant: 't.tenant_id', row: 't.ce_id' },
  { table: 'stedi_jobs', column: 'sealed', tenant: 't.tenant_id', row: 't.transaction_id' },
];

/** The key id in the envelope `version u8 | length u8 | key id | …`; null for what is no envelope. */
export const keyIdOf = (column: string): string =>
  `case when octet_length(t.${column}) > 30 then encode(substring(t.${column} from 3 for get_byte(t.${column}, 1)), 'escape') end`;
