import { randomUUID } from 'node:crypto';
import { generateWebhookSecret, signStandardWebhooks } from '@claimwire/signing';
import { Pool } from 'undici';

/** What fan-out is compared with: signs and sends, and keeps nothing. Arguments: origin, seconds, connections, bytes. */
const [origin = '', seconds = '', connections = '', bytes = ''] = process.argv.slice(2);
const pool = new Pool(origin, { connections: Number(connections), pipelining: 1 });
const secrets = [generateWebhookSecret()];
const body = Buffer.alloc(Number(bytes), 'x');
const WARM_UP_MS = 1_000;

let count = 0;
let isOver = false;

async function sendUntilOver(): Promise<void> {
  while (!isOver) {
    const signed = signStandardWebhooks(secrets, `evt_${randomUUID()}`, Date.now() / 1000, body);
    const headers = { 'content-type': 'application/json', ...signed };
    const answer = await pool.request({ path: '/in', method: 'POST', headers, body });
    await answer.body.dump();
    if (answer.statusCode !== 204) throw new Error(`answered ${answer.statusCode}`);
    count += 1;
  }
}

const loops = Array.from({ length: Number(connections) }, () => sendUntilOver());
await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
const [before, startedAt, used] = [count, performance.now(), process.cpuUsage()];
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
const elapsed = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(used);
const sent = count - before;
isOver = true;
await Promise.all(loops);
await pool.close();
console.log(JSON.stringify({ perSecond: sent / elapsed, cpuMicros: (user + system) / sent }));
