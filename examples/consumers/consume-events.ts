// Keeps a table of claims from Claimwire's topics. Whatever comes twice or late changes nothing: the greatest version wins.
//   npm install kafkajs; KAFKA_BROKERS=host:9092 DATABASE=claims.sqlite node consume-events.ts     (Node 24)
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Kafka, logLevel } from 'kafkajs';

const { KAFKA_BROKERS = 'localhost:9092', KAFKA_TOPIC_PREFIX = '', GROUP_ID = 'claims-table' } = process.env;
const { DATABASE = 'claims.sqlite' } = process.env;
const EVENTS = `${KAFKA_TOPIC_PREFIX}claims.events.v1`;
/** Only for its null values: each says that a claim was erased, here too. */
const STATES = `${KAFKA_TOPIC_PREFIX}claims.state.v1`;

const database = new DatabaseSync(DATABASE);
database.exec(`create table if not exists claims (claim_key text primary key, version integer, status text, event text);
  create table if not exists erased (hash text primary key)`);

/** The fields used here; a message has more, and a later one may have new ones: never refuse what you do not know. */
interface ClaimEvent {
  claimKey: string;
  version: number;
  status: string;
}

const KEEP = database.prepare(`insert into claims (claim_key, version, status, event) values (?, ?, ?, ?)
  on conflict (claim_key) do update set version = excluded.version, status = excluded.status, event = excluded.event
  where excluded.version > claims.version`);
const IS_ERASED = database.prepare('select 1 from erased where hash = ?');
const NOTE_ERASED = database.prepare('insert or ignore into erased values (?)');
const REMOVE = database.prepare('delete from claims where claim_key = ?');

/** So that nothing here says of an erased claim that there was one. */
const hashOf = (claimKey: string): string => createHash('sha256').update(claimKey).digest('hex');

function keep(text: string): string {
  const event = JSON.parse(text) as ClaimEvent;
  // Events stay on their topic for weeks after the claim was erased.
  if (IS_ERASED.get(hashOf(event.claimKey))) return 'erased';
  const { changes } = KEEP.run(event.claimKey, event.version, event.status, text);
  return changes === 0 ? 'known or older' : `${event.status}, version ${event.version}`;
}

function remove(claimKey: string): string {
  NOTE_ERASED.run(hashOf(claimKey));
  REMOVE.run(claimKey);
  return 'erased';
}

const kafka = new Kafka({ clientId: GROUP_ID, brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.WARN });
const consumer = kafka.consumer({ groupId: GROUP_ID });
const stop = () => void consumer.disconnect().then(() => database.close());
process.once('SIGTERM', stop).once('SIGINT', stop);

await consumer.connect();
await consumer.subscribe({ topics: [EVENTS, STATES], fromBeginning: true });
await consumer.run({
  // The offset is committed after the row: after a crash messages come again, and change nothing.
  eachMessage: async ({ topic, partition, message: { key, value, offset } }) => {
    if (topic === STATES && value !== null) return;
    const done = value === null ? remove(String(key)) : keep(String(value));
    console.log(JSON.stringify({ topic, partition, offset, done }));
  },
});
