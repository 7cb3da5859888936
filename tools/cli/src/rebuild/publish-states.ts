import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimEvent } from '@claimwire/contracts';
import type { KafkaPublisher } from '@claimwire/kafka';
import { stateRecord, type OutgoingRecord } from '@claimwire/normalizing';
import { inTransaction, lockClaims, textArray, type ClaimRow, type Pool, type PoolClient } from '@claimwire/postgres';
import { claimsByKey } from './claim-pages.js';
import { compareClaim } from './compare-claim.js';

/** A busy lane notes with each batch what it has sent, an idle one within a second. */
const TRIES = 40;
const RETRY_MS = 500;

interface Newest {
  claim_key: string;
  message: string;
}

/**
 * Sends the states of these claims to `claims.state.v1`, each under the lock of its row and only once the claim's last message
 * is known to be on Kafka: so nothing newer of the claim can come before ours, and nothing older after it.
 * @returns claims whose last message was not sent in the time we wait for it
 */
export async function publishStates(
  pool: Pool,
  publisher: Pick<KafkaPublisher, 'publishAll'>,
  claimKeys: readonly string[],
): Promise<string[]> {
  let waiting = [...claimKeys];
  for (let tries = 1; waiting.length > 0; tries++) {
    const sent = await publishSettled(pool, publisher, waiting);
    waiting = waiting.filter((claimKey) => !sent.has(claimKey));
    if (tries === TRIES) break;
    if (waiting.length > 0) await sleep(RETRY_MS);
  }
  return waiting;
}

function publishSettled(
  pool: Pool,
  publisher: Pick<KafkaPublisher, 'publishAll'>,
  claimKeys: readonly string[],
): Promise<Set<string>> {
  return inTransaction(pool, async (client) => {
    // The publisher has a deadline of its own.
    await client.query(`set local idle_in_transaction_session_timeout = '60s'`);
    await lockClaims(client, [...claimKeys]);
    const claims = await claimsByKey(client, claimKeys);
    const records = await settledStates(
      client,
      claims.flatMap((claim) => compareClaim(claim).expected ?? []),
    );
    if (records.length > 0) await publisher.publishAll(records);
    return new Set(records.map(({ key }) => key));
  });
}

async function settledStates(client: PoolClient, rows: readonly ClaimRow[]): Promise<OutgoingRecord[]> {
  const states = new Map(rows.map(({ claimKey, state }) => [claimKey, state]));
  const { rows: newest } = await client.query<Newest>(
    `select event.claim_key, event.message
     from unnest($1::text[], $2::int[]) as wanted (claim_key, version)
     join claim_events event using (claim_key, version)
     join consumer_lanes lane on lane.id = event.lane_id and event.lane_seq <= lane.sent_seq`,
    [textArray([...states.keys()]), rows.map(({ version }) => version)],
  );
  return newest.map(({ claim_key, message }) =>
    stateRecord(JSON.parse(message) as ClaimEvent, states.get(claim_key) as string),
  );
}
