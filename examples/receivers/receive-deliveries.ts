// Receives Claimwire's deliveries: verifies each, keeps it once, then answers. Nothing but Node 24.
//   WEBHOOK_SECRET=whsec_… PORT=8080 DATABASE=claims.sqlite node receive-deliveries.ts
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';

const { WEBHOOK_SECRET = '', PORT = '8080', DATABASE = 'claims.sqlite' } = process.env;
const TOLERANCE_SECONDS = 300;
const KEY = Buffer.from(WEBHOOK_SECRET.replace(/^whsec_/, ''), 'base64');

const database = new DatabaseSync(DATABASE);
database.exec(`create table if not exists received (webhook_id text primary key);
  create table if not exists claims (claim_key text primary key, version integer, status text)`);

interface ClaimEvent {
  claimKey?: string;
  version: number;
  status: string;
}

/** The answer for a request that is not to be believed; 0 = it is genuine. */
function refusal({ headers }: IncomingMessage, body: Buffer): number {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  const wanted = createHmac('sha256', KEY).update(`${id}.${timestamp}.`).update(body).digest();
  // One signature per active secret while one is rotated for another.
  const signatures = String(headers['webhook-signature']).split(' ');
  const isSigned = signatures.some((signature) => {
    const given = signature.startsWith('v1,') ? Buffer.from(signature.slice(3), 'base64') : null;
    return given?.length === wanted.length && timingSafeEqual(given, wanted);
  });
  if (!isSigned) return 401;
  const ageSeconds = Math.abs(Date.now() / 1000 - Number(timestamp));
  return ageSeconds <= TOLERANCE_SECONDS ? 0 : 400;
}

/** In one transaction: a crash before its commit leaves nothing, and the delivery comes again. */
function keep(id: string, event: ClaimEvent): string {
  database.exec('begin immediate');
  try {
    const { changes } = database.prepare('insert or ignore into received values (?)').run(id);
    if (changes && event.claimKey) {
      // The greatest version has the truth, also when a replay brings an older one.
      const upsert = `insert into claims values (?, ?, ?) on conflict (claim_key) do update
        set version = excluded.version, status = excluded.status where excluded.version > version`;
      database.prepare(upsert).run(event.claimKey, event.version, event.status);
    }
    database.exec('commit');
    return changes ? 'kept' : 'repeated';
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}

async function answer(request: IncomingMessage): Promise<number> {
  const body = await buffer(request);
  const refused = refusal(request, body);
  if (refused) return refused;
  const id = String(request.headers['webhook-id']);
  console.log(keep(id, JSON.parse(body.toString()) as ClaimEvent), id);
  return 204;
}

const server = createServer((request, response) => {
  // 500 = our own trouble: Claimwire tries again.
  void answer(request).then(
    (status) => response.writeHead(status).end(),
    () => response.writeHead(500).end(),
  );
});
server.listen(Number(PORT), () => console.log('listening', (server.address() as AddressInfo).port));
