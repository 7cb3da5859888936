import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTarget } from './target.js';
import { UsageError } from '../usage-error.js';

describe('where it sends to', () => {
  let devFile: string;
  beforeEach(async () => {
    devFile = join(await mkdtemp(join(tmpdir(), 'claimwire-send-')), 'dev.json');
  });
  afterEach(() => rm(join(devFile, '..'), { recursive: true }));

  it('is the demo’s connection while it runs', async () => {
    const connection = { urls: { webhook: 'http://127.0.0.1:4101/webhooks/cair/t' }, auth: { type: 'none' } };
    await writeFile(devFile, JSON.stringify({ demo: { tenant: 'demo', connections: { cair: connection } } }));
    const target = await findTarget('cair', { kind: 'demo' }, devFile);
    expect(target).toMatchObject({ auth: { type: 'none' }, tenant: 'demo' });
    expect(target.address('webhook')).toBe(connection.urls.webhook);
    await expect(findTarget('stedi', { kind: 'demo' }, devFile)).rejects.toThrow(UsageError);
  });

  it('has to be said where no demo runs', async () => {
    const failure = findTarget('cair', { kind: 'demo' }, devFile);
    await expect(failure).rejects.toThrow('run npm start first, or give --url and --auth-file');
  });

  it.each(['', '/claims', '/first-crawl-completions'])('reaches both routes of TPA Stream from …%s', async (suffix) => {
    const url = `http://host/webhooks/tpastream/t${suffix}`;
    const target = await findTarget('tpastream', { kind: 'stated', url, auth: { json: '{"type":"jwt_rs256"}' } });
    expect(target.address('claims')).toBe('http://host/webhooks/tpastream/t/claims');
    expect(target.address('first-crawl-completions')).toBe('http://host/webhooks/tpastream/t/first-crawl-completions');
  });
});
