import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { cairStatusChange } from '@claimwire/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { System } from './system.js';
import { type Connection, send, Tenant } from './tenant.js';

const ROTATIONS = 8;
const SENDERS = 6;

let system: System;
let tenant: Tenant;

beforeAll(async () => {
  system = await System.start(['api', 'ingress-cair']);
  tenant = await Tenant.create(system, 'rotation');
});

afterAll(() => system.stop());

const authOf = (...secrets: string[]) => ({
  type: 'hmac_sha256',
  header: 'x-signature',
  encoding: 'hex',
  secrets: secrets.map((value) => ({ value })),
});
const newSecret = (): string => randomBytes(24).toString('hex');

it('refuses not one genuine event while secrets and URL tokens rotate under load', async () => {
  let secret = newSecret();
  let connection: Connection = await tenant.connect('cair', authOf(secret));
  const path = `/connections/${connection.id}`;
  const statuses: number[] = [];
  let sending = true;
  let inFlight = 0;
  const sender = async (): Promise<void> => {
    while (sending) {
      inFlight += 1;
      // What the sender knows at this moment: it changes over the instant that the API has answered.
      statuses.push((await send('cair', connection, cairStatusChange())).status);
      inFlight -= 1;
    }
  };
  const load = Promise.all(Array.from({ length: SENDERS }, sender));
  for (let rotation = 0; rotation < ROTATIONS; rotation++) {
    const next = newSecret();
    await tenant.api.must('PATCH', path, { auth: authOf(secret, next) });
    connection = { ...connection, auth: authOf(next) };
    // Requests signed with the old secret must have been judged before it is withdrawn: that is the sender's overlap.
    await sleep(300);
    await tenant.api.must('PATCH', path, { auth: authOf(next) });
    secret = next;
    const { urls } = await tenant.api.must<Connection>('POST', `${path}/rotate-token`, { overlapSeconds: 60 });
    expect(urls).not.toEqual(connection.urls);
    connection = { ...connection, urls };
    await sleep(100);
  }
  sending = false;
  await load;
  expect(inFlight).toBe(0);
  expect(statuses.length).toBeGreaterThan(ROTATIONS * SENDERS * 5);
  expect(statuses.filter((status) => status !== 202)).toEqual([]);

  const forged = { ...connection, auth: authOf(newSecret()) };
  expect((await send('cair', forged, cairStatusChange())).status).toBe(401);
});
