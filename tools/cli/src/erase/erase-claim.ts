import { encodeHeaders, STATE_TOPIC } from '@claimwire/contracts';
import { KafkaPublisher } from '@claimwire/kafka';
import { ErasureLedger, inTransaction, type PoolClient } from '@claimwire/postgres';
import type { Cli } from '../command.js';
import { removeClaim, removeDeliveries, type ErasedRows, type GoneRows } from './claim-rows.js';
import { findKept, removeKept } from './kept-messages.js';
import { topicExpiries, type TopicExpiry } from './topic-expiry.js';
import { outboxToBeEmpty, sendersToForget, writersToEnd } from './wait-for.js';

export interface ErasedCounts extends ErasedRows {
  quarantine: number;
  spool: number;
}

export interface Erasure {
  /** When the claim was erased first: an event of it that came since was dropped. */
  erasedAt: string;
  removed: ErasedCounts;
  topics: TopicExpiry[];
}

export interface ErasureOrder {
  tenant: string;
  claimKey: string;
  /** Who says so, for the audit log. */
  actor: string;
}

/**
 * Erases a claim while everything runs. The order is what makes it hold:
 * 1. The ledger has the claim, committed: whoever looks from now on drops its events.
 * 2. Who looked before has ended. From here on no new row of the claim can come, but to a claim that still has one.
 * 3. The rows go, in one transaction, under the lock of the claim's row.
 * 4. Who read them before has ended, senders have forgotten what they held, the outbox is past the claim: what these left
 *    behind goes too, and the tombstone is the claim's last message.
 * Cut short anywhere, it does the rest when it is run again.
 */
export async function eraseClaim(cli: Cli, { tenant, claimKey, actor }: ErasureOrder): Promise<Erasure> {
  const pool = cli.database();
  const ledger = new ErasureLedger(cli.keyring());
  const erasedAt = await inTransaction(pool, async (client) => {
    await audit(client, { tenant, actor, ledger, claimKey }, 'claim.erasure_begun', {});
    return ledger.add(client, tenant, claimKey);
  });
  await writersToEnd(pool, cli);
  const gone = await inTransaction(pool, (client) => removeClaim(client, tenant, claimKey));
  const kept = await removeKept(cli, tenant, await findKept(cli, tenant, claimKey));
  await sendersToForget(pool, gone, cli);
  await writersToEnd(pool, cli);
  const removed = await inTransaction(pool, async (client) => {
    const swept = await removeDeliveries(client, { tenant, claimKey, gone, everywhere: false });
    return { ...swept.rows, ...kept };
  });
  await publishTombstone(cli, tenant, claimKey, gone);
  await inTransaction(pool, (client) => audit(client, { tenant, actor, ledger, claimKey }, 'claim.erased', removed));
  const topics = await topicExpiries(cli.kafka(), claimKey, new Date());
  return { erasedAt: erasedAt.toISOString(), removed, topics };
}

async function publishTombstone(cli: Cli, tenant: string, claimKey: string, gone: GoneRows): Promise<void> {
  await outboxToBeEmpty(cli.database(), gone, cli);
  const publisher = new KafkaPublisher(cli.kafka());
  const headers = encodeHeaders({
    id: `${claimKey}#erased`,
    source: '/claimwire/erasure',
    type: 'claim.state',
    time: new Date().toISOString(),
    tenant,
    connection: '',
    contentType: 'application/json',
  });
  try {
    await publisher.start();
    await publisher.publish({ topic: STATE_TOPIC, key: claimKey, value: null, headers });
  } finally {
    await publisher.stop();
  }
}

interface Audited extends ErasureOrder {
  ledger: ErasureLedger;
}

/** Named by its fingerprint: the log outlives the claim. */
async function audit(client: PoolClient, { tenant, actor, ledger, claimKey }: Audited, action: string, detail: object) {
  await client.query('insert into audit_log (tenant_id, actor, action, target, detail) values ($1, $2, $3, $4, $5)', [
    tenant,
    actor,
    action,
    ledger.reference(claimKey),
    JSON.stringify(detail),
  ]);
}
