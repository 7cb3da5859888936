import {
  createPool,
  inTransaction,
  type KeptStatement,
  type Pool,
  type PoolClient,
  type PoolOptions,
} from '@claimwire/postgres';
import { createTestDatabase, explain, rowsScanned } from '@claimwire/testkit';

export interface StoredDeliveries {
  /** Numbers of the claims: one delivery for each. */
  first: number;
  last: number;
  state: string;
  version?: number;
}

/** Table `deliveries` of a database of its own, without the rows that it refers to, and how much of it a statement reads. */
export class DeliveriesTable {
  /** Rows that the scans of all explained statements touched. */
  touched = 0;

  private constructor(
    readonly pool: Pool,
    private readonly drop: () => Promise<void>,
  ) {}

  /** In one session. */
  static async create(options: PoolOptions = {}): Promise<DeliveriesTable> {
    const database = await createTestDatabase();
    return new DeliveriesTable(createPool(database.url, 1, options), () => database.drop());
  }

  async remove(): Promise<void> {
    await this.pool.end();
    await this.drop();
  }

  /** Deliveries to `whk_1`, with claim keys as long as real ones: a tall index costs a planner more than a low one. */
  store({ first, last, state, version = 1 }: StoredDeliveries): Promise<void> {
    return this.unreferenced(
      `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, state, settled_at)
       select 't', 'whk_1', format('evt_%s_%s', n, $4::int), 'claim.updated', 'stedi:' || lpad(n::text, 60, '0'), $4, $3,
         case when $3 <> 'pending' then now() end
       from generate_series($1::int, $2::int) as n`,
      [first, last, state, version],
    );
  }

  storeWebhook(): Promise<void> {
    return this.unreferenced(
      `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy,
         ordering, signing, signing_sealed, payload)
       values ('whk_1', 't', 'w', 'POST', 'https://pms.example', 'c', 1, 1000, '{}', 'per_claim', '{}', '', 'full')`,
      [],
    );
  }

  /** Runs each statement twice: to count what it touches, rolled back, and for its rows. */
  get explained(): Pick<Pool, 'query'> {
    const query = async (statement: string | (KeptStatement & { values: unknown[] }), given: unknown[]) => {
      const { text, values } = typeof statement === 'string' ? { text: statement, values: given } : statement;
      const client = await this.pool.connect();
      try {
        await client.query('begin');
        this.touched += rowsScanned(await explain(client, text, values), 'deliveries');
      } finally {
        await client.query('rollback');
        client.release();
      }
      return this.pool.query(text, values);
    };
    return { query } as unknown as Pick<Pool, 'query'>;
  }

  /** Runs each statement once, by the plan that the session keeps of it, and counts the rows that were read. */
  get counted(): Pick<Pool, 'query'> {
    const query = (statement: KeptStatement) =>
      inTransaction(this.pool, async (client) => {
        const before = await rowsRead(client);
        const answer = await client.query(statement);
        this.touched += (await rowsRead(client)) - before;
        return answer;
      });
    return { query } as unknown as Pick<Pool, 'query'>;
  }

  private unreferenced(sql: string, values: unknown[]): Promise<void> {
    return inTransaction(this.pool, async (client) => {
      await client.query('set local session_replication_role = replica');
      await client.query(sql, values);
    });
  }
}

/** Of the table, by this session: PostgreSQL adds them up over more than the transaction. */
async function rowsRead(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ read: number }>(
    `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'deliveries'`,
  );
  return rows[0]!.read;
}
