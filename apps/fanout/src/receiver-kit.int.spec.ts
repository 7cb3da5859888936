import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { generateWebhookSecret, signStandardWebhooks } from '@claimwire/signing';
import * as testkit from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TestBench } from '../test/test-bench.js';

const RECEIVERS = fileURLToPath(new URL('../../../examples/receivers/', import.meta.url));

let bench: TestBench;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  [bench, folder] = await Promise.all([TestBench.open(testkit), mkdtemp(join(tmpdir(), 'claimwire-receivers-'))]);
  await bench.startReplica('fanout-a');
});
afterAll(async () => {
  for (const child of children) child.kill();
  await bench?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs an example as its reader would; resolves when it listens. */
async function run(command: string, file: string, secret: string) {
  const database = join(folder, `${file}.sqlite`);
  const child = spawn(command, [RECEIVERS + file], {
    env: { PATH: process.env.PATH, WEBHOOK_SECRET: secret, PORT: '0', DATABASE: database },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  await Promise.race([eventually(`${file} listens`, () => lines.length > 0), failed]);
  return { url: `http://127.0.0.1:${lines.shift()?.split(' ')[1]}/in`, lines, database };
}

describe.each([
  ['receive-deliveries.ts', process.execPath],
  ['receive_deliveries.py', 'python3'],
])('the example receiver %s', (file, command) => {
  const secret = generateWebhookSecret();
  const isMissing = spawnSync(command, ['--version']).status !== 0;

  it.skipIf(isMissing)(
    'verifies a real delivery, keeps it once, and keeps the greatest version of a claim',
    async () => {
      const { url, lines, database } = await run(command, file, secret);
      const connection = `con_${file}`;
      const webhook = await bench.createWebhook({ url, secret, filters: { connection } });
      const seed = await bench.storeEvent(`seed-${file}`, 1);
      const more = { cause: { ...seed.cause, connection } };
      const first = await bench.emit(file, 1, more);
      const second = await bench.emit(file, 2, { ...more, status: 'paid' });
      await bench.settled(webhook.id, { delivered: 2 });
      await bench.replay(webhook.id, first.id);
      await bench.settled(webhook.id, { delivered: 3 });
      await eventually('it has told', () => lines.length === 3);
      expect(lines).toEqual([`kept ${first.id}`, `kept ${second.id}`, `repeated ${first.id}`]);
      const kept = new DatabaseSync(database, { readOnly: true });
      expect(
        kept
          .prepare('select * from claims')
          .all()
          .map((row) => ({ ...row })),
      ).toEqual([{ claim_key: first.claimKey, version: 2, status: 'paid' }]);
      kept.close();

      const now = Date.now() / 1000;
      const send = (secrets: string[], at: number, body: string, signed = body) =>
        fetch(url, { method: 'POST', headers: { ...signStandardWebhooks(secrets, 'evt_x', at, signed) }, body });
      expect((await send([generateWebhookSecret()], now, '{}')).status).toBe(401);
      expect((await send([secret], now, '{"a":1}', '{"a":2}')).status).toBe(401);
      expect((await send([secret], now - 3_600, '{}')).status).toBe(400);
      expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
      expect((await send([generateWebhookSecret(), secret], now, '{}')).status).toBe(204);
    },
  );
});
