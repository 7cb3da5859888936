import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planned } from './plan.js';
import { readRecording, writeRecording } from './recording.js';

describe('a recording', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'claimwire-send-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives every byte back, by its route, and is for the owner only', async () => {
    const file = join(folder, 'sent.jsonl');
    const sent = [planned('claims', Buffer.from([255, 10, 0])), planned('first-crawl-completions', Buffer.from('{}'))];
    await writeFile(file, 'an older file', { mode: 0o644 });
    await writeRecording(file, 'tpastream', sent);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const read = readRecording(await readFile(file, 'utf8'), 'tpastream', 'claims');
    expect(read.map(({ route, body }) => [route, body])).toEqual(sent.map(({ route, body }) => [route, body]));
  });

  it('may be bare bodies, sent as they are spelled', () => {
    const [one, two] = readRecording('{"a":  "\\/"}\r\n\n{"b":1}\n', 'cair', 'webhook');
    expect([one?.route, one?.body.toString(), two?.body.toString()]).toEqual(['webhook', '{"a":  "\\/"}', '{"b":1}']);
  });

  it('that is none, or another provider’s, is refused by its line', () => {
    expect(() => readRecording('{}\nnot json', 'cair', 'webhook')).toThrow('line 2');
    const foreign = JSON.stringify({ provider: 'curacel', route: 'webhook', bodyBase64: '' });
    expect(() => readRecording(foreign, 'cair', 'webhook')).toThrow('line 1');
  });
});
