import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ClaimState } from '@claimwire/contracts';
import { type ProviderName, type SenderAuth, StediReportServer } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { System } from './system.js';
import { type Connection, sampleAuths, Tenant } from './tenant.js';

/** Built by the gate before the end-to-end tests, as the apps are. */
const CLAIMWIRE = join(import.meta.dirname, '../../../tools/cli/bin/claimwire.mjs');
const APPS = [
  'api',
  'ingress-cair',
  'ingress-curacel',
  'ingress-tpastream',
  'ingress-stedi',
  'normalizer',
  'stedi-reports',
] as const;

let system: System;
let tenant: Tenant;
let reports: StediReportServer;
let folder: string;
let connections: Record<ProviderName, Connection>;

beforeAll(async () => {
  system = await System.start(APPS);
  tenant = await Tenant.create(system, 'send');
  reports = await StediReportServer.start({ apiKey: 'report-key', samples: true });
  folder = await mkdtemp(join(tmpdir(), 'claimwire-send-'));
  const auths = sampleAuths();
  const settings = { reports: { baseUrl: reports.url, coreBaseUrl: reports.url, apiKey: 'report-key' } };
  connections = {
    cair: await tenant.connect('cair', auths.cair),
    curacel: await tenant.connect('curacel', auths.curacel),
    tpastream: await tenant.connect('tpastream', auths.tpastream),
    stedi: await tenant.connect('stedi', auths.stedi, settings),
  };
});

afterAll(async () => {
  await system.stop();
  await reports.stop();
  await rm(folder, { recursive: true });
});

/** Runs the built command as a process, its credentials in a file. */
async function run(provider: ProviderName, args: string, auth: SenderAuth = connections[provider].auth) {
  const authFile = join(folder, `${provider}.json`);
  await writeFile(authFile, JSON.stringify(auth), { mode: 0o600 });
  const url = Object.values(connections[provider].urls)[0]!;
  const command = [CLAIMWIRE, 'send', provider, ...args.split(' '), '--url', url, '--auth-file', authFile];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { output: await text(child.stdout), code: await code };
}

async function accepted(provider: ProviderName, args: string, count: number): Promise<void> {
  const { output, code } = await run(provider, args);
  expect(output).toContain(`✔ ${count} × 202`);
  expect(code).toBe(0);
}

const claimAt = (provider: ProviderName, id: string, version: number): Promise<ClaimState> =>
  eventually(`${id} at version ${version}`, async () => {
    const path = `/claims/${encodeURIComponent(`send/${provider}/${id}`)}`;
    const answer = await tenant.api.call<ClaimState>('GET', path);
    return answer.status === 200 && answer.body.version === version ? answer.body : undefined;
  });

describe('npm run send', () => {
  it('tells a CAIR claim in any order, twice: the last status counts', async () => {
    const story = '--claim c-1 --status Submitted,Rejected,Submitted,Rejected';
    await accepted('cair', `status ${story} --shuffle --duplicate 50 --burst 3`, 6);
    expect(await claimAt('cair', 'c-1', 4)).toMatchObject({ status: 'rejected', attempt: 2 });
  });

  it('sends both events of Curacel', async () => {
    await accepted('curacel', 'pile --claim 4711 --status partial --at 2026-01-31T10:00:00Z', 1);
    await accepted('curacel', 'vetted --claim 4711 --status 0 --at 2026-01-31T11:00:00Z', 1);
    expect(await claimAt('curacel', '4711', 2)).toMatchObject({
      status: 'denied',
      previousStatus: 'partially_approved',
    });
  });

  it('sends claims and first crawls of TPA Stream, each to its route', async () => {
    await accepted('tpastream', 'claim --claim 55 --status Processed', 1);
    await accepted('tpastream', 'crawl --status success,failure,replay', 3);
    expect(await claimAt('tpastream', '55', 1)).toMatchObject({ status: 'adjudicated' });
  });

  it('announces Stedi transactions whose reports can be read, one of them in both forms', async () => {
    await accepted('stedi', '277 --claim PCN-1 --status A2 --at 2026-01-31T10:00:00Z', 1);
    await accepted('stedi', '835 --claim PCN-1 --status 1 --at 2026-02-01T10:00:00Z', 1);
    await accepted('stedi', 'thin --claim PCN-1 --status 1 --at 2026-02-01T10:00:00Z', 1);
    expect(await claimAt('stedi', 'PCN-1', 2)).toMatchObject({ status: 'paid', previousStatus: 'accepted' });
    await accepted('stedi', 'file-delivered', 1);
    await accepted('stedi', 'file-failed', 1);
  });

  it('sends so many claims at once', async () => {
    await accepted('cair', 'status --count 200 --burst 16', 200);
  });

  it('ends with 1 where the credentials are not the connection’s', async () => {
    const { output, code } = await run('cair', 'status', { ...connections.cair.auth, secret: 'another-secret-000001' });
    expect(output).toContain('✘ 1 × 401');
    expect(code).toBe(1);
  });
});
