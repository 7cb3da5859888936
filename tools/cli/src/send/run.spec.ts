import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { cair } from '@claimwire/provider-cair';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runClaimwire } from '../../test/run-claimwire.js';

const AUTH = { type: 'hmac_sha256', header: 'x-signature', secret: 'a-canary-secret', encoding: 'hex' };

interface Received {
  headers: IncomingMessage['headers'];
  body: Buffer;
  inFlight: number;
}

describe('claimwire send', () => {
  let server: Server;
  let folder: string;
  let received: Received[];
  let answer: (index: number) => number;
  let delayMs: number;
  let out: string[];

  beforeEach(async () => {
    [received, out, delayMs, answer] = [[], [], 0, () => 202];
    let inFlight = 0;
    server = createServer((request, response) => {
      inFlight += 1;
      void buffer(request).then(async (body) => {
        received.push({ headers: request.headers, body, inFlight });
        await sleep(delayMs);
        inFlight -= 1;
        response.writeHead(answer(received.length)).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    folder = await mkdtemp(join(tmpdir(), 'claimwire-send-'));
    await writeFile(join(folder, 'auth.json'), JSON.stringify(AUTH));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const file = (name: string) => join(folder, name);
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/cair/the-token`;
  const stop = new AbortController();
  const send = async (...args: string[]) => {
    const what = ['send', 'cair', '--url', url(), '--auth-file', file('auth.json'), ...args];
    const ran = await runClaimwire({}, what, stop.signal);
    out.push(...ran.printed, ran.said);
    return ran.code;
  };
  const printed = () => out.join('\n');

  it('signs every request so that the ingress takes it, and sums up without a secret', async () => {
    expect(await send('--count', '5')).toBe(0);
    expect(received).toHaveLength(5);
    const connection = { id: 'con_1', tenant: 't', provider: 'cair', auth: AUTH, settings: {} };
    for (const { headers, body } of received) {
      expect(await cair.verify({ headers, body }, connection, new Date())).toEqual({ ok: true });
    }
    expect(printed()).toContain('✔ 5 × 202');
    expect(printed()).not.toMatch(/the-token|a-canary-secret/);
  });

  it('names the claims as the API knows them', async () => {
    await send('--claim', 'my-claim');
    expect(printed()).toContain('claims: my-claim');
  });

  it('ends with 1 where some are refused', async () => {
    answer = (index) => (index === 2 ? 401 : 202);
    expect(await send('--count', '3')).toBe(1);
    expect(printed()).toContain('✘ 2 × 202, 1 × 401');
  });

  it('ends with 1 where nobody answers, or not in time', async () => {
    delayMs = 2_000;
    expect(await send('--timeout', '0.1')).toBe(1);
    expect(printed()).toContain('no answer (timeout)');
  });

  it('has as many in flight as it was told', async () => {
    delayMs = 20;
    await send('--count', '12', '--burst', '4');
    expect(Math.max(...received.map((one) => one.inFlight))).toBe(4);
  });

  it('starts no more per second than it was told', async () => {
    const started = performance.now();
    await send('--count', '5', '--rate', '20');
    expect(performance.now() - started).toBeGreaterThan(190);
  });

  it('replays byte for byte what it recorded', async () => {
    await send('--count', '4', '--shuffle', '--duplicate', '50', '--record', file('sent.jsonl'));
    const first = received.splice(0).map(({ body }) => body.toString());
    expect(first).toHaveLength(6);
    await send('--replay', file('sent.jsonl'));
    expect(received.map(({ body }) => body.toString())).toEqual(first);
  });

  it('sends a body of the user’s own as it is', async () => {
    await writeFile(file('body.json'), '{ "claimFhirId" : "\\/" }\n');
    await send('--body', file('body.json'));
    expect(received[0]?.body).toEqual(await readFile(file('body.json')));
  });

  it('sends nothing in a dry run', async () => {
    expect(await send('--dry-run', '--count', '2')).toBe(0);
    expect(received).toEqual([]);
    expect(out.filter((line) => line !== '')).toHaveLength(2);
    expect(printed()).not.toMatch(/the-token|a-canary-secret/);
  });

  it.each([
    ['a file that is not there', ['--body', 'no-such-file'], 'no such file'],
    ['an empty replay', ['--replay', 'empty'], 'nothing in the file'],
    ['an unknown option', ['--nope'], '--nope'],
  ])('refuses %s before anything is sent', async (_, args, message) => {
    await writeFile(file('empty'), '');
    expect(await send(...args.map((arg) => (arg === 'empty' ? file(arg) : arg)))).toBe(2);
    expect(printed()).toContain(message);
    expect(received).toEqual([]);
  });

  it.each([
    ['not JSON', '{', 'not JSON'],
    ['no auth', '[]', 'no "type"'],
    ['of a type that nobody signs', '{"type":"magic"}', 'cannot sign'],
  ])('refuses credentials that are %s, without showing them', async (_, content, message) => {
    await writeFile(file('auth.json'), content);
    expect(await send()).toBe(2);
    expect(printed()).toContain(message);
  });

  it('explains itself, for all providers and for one', async () => {
    const { code, printed: all } = await runClaimwire({}, ['send', '--help']);
    expect(code).toBe(0);
    for (const word of ['cair', 'file-failed', '--duplicate', 'Exit code']) expect(all.join()).toContain(word);
    expect((await runClaimwire({}, ['send', 'cair', '--help'])).printed.join()).not.toContain('file-failed');
  });

  it('sums up as JSON for programs', async () => {
    expect(await send('--count', '2', '--json')).toBe(0);
    expect(JSON.parse(out[0]!)).toMatchObject({
      outcomes: { 202: 2 },
      duplicates: 0,
      unsent: 0,
      claims: [expect.any(String), expect.any(String)],
    });
  });

  it('interrupted, waits for the answers to what it has sent, and says how much it has not', async () => {
    delayMs = 50;
    const ended = send('--count', '100', '--burst', '2');
    await expect.poll(() => received.length).toBeGreaterThan(1);
    stop.abort();
    expect(await ended).toBe(130);
    expect(received.length).toBeLessThan(100);
    expect(printed()).toContain(`✔ ${received.length} × 202`);
    expect(printed()).toContain(`interrupted: ${100 - received.length} were not sent`);
  });
});
