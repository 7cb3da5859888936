import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { QUARANTINE_TOPIC, rawTopic } from '@claimwire/contracts';
import { cair } from '@claimwire/provider-cair';
import type { RunningService } from '@claimwire/service-host';
import { cairStatusChange, signedRequest } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connected, headerOf, IngressHarness, MAX_BODY_BYTES } from '../test/ingress-harness.js';

const auth = { type: 'api_secret', header: 'X-Key', secret: 'right' };

let harness: IngressHarness;
let service: RunningService;
let to: Connected;
beforeAll(async () => {
  harness = await IngressHarness.start();
  service = await harness.ingress(cair, undefined, { HEADERS_TIMEOUT_MS: '500', REQUEST_TIMEOUT_MS: '1500' });
  to = await harness.connect(cair, auth);
});
afterAll(() => harness.stop());

describe('headers', () => {
  it('are refused with 431 when they are too many or too long', async () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-${index}`, '1']));
    expect((await harness.send(service, cair, to, cairStatusChange(), { headers: many })).response.status).toBe(431);
    const long = { 'x-long': 'x'.repeat(20_000) };
    expect((await harness.send(service, cair, to, cairStatusChange(), { headers: long })).response.status).toBe(431);
    expect((await harness.send(service, cair, to, cairStatusChange())).response.status).toBe(202);
  });
});

describe('bodies that cost more than their size says', () => {
  it.each([
    ['too_deep', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['too_many_values', `{"a":[${'1,'.repeat(50_000).slice(0, -1)}]}`.slice(0, 64 * 1024)],
  ])('are kept in quarantine as %s, when they are genuine', async (reason, text) => {
    const tight = await harness.ingress(cair, undefined, { MAX_JSON_VALUES: '20000' });
    const { response, answer } = await harness.send(tight, cair, to, Buffer.from(text));
    expect(response.status).toBe(202);
    await expect.poll(() => harness.find(QUARANTINE_TOPIC, answer.id), { timeout: 15_000 }).toHaveLength(1);
    expect(headerOf(harness.find(QUARANTINE_TOPIC, answer.id)[0]!, 'claimwire-reason')).toBe(reason);
  });
});

describe('compressed bodies', () => {
  const hmac = { type: 'hmac_sha256', header: 'X-Signature', secret: 'signs', encoding: 'hex' };
  const plain = (): Buffer => Buffer.from(JSON.stringify(cairStatusChange()));

  /** Signed as the provider's application does it: before anything on the way compresses. */
  const post = async (
    { url }: RunningService,
    { token }: Connected,
    signed: Buffer,
    { sent = signed, encoding = 'gzip' }: { sent?: Buffer; encoding?: string } = {},
  ): Promise<{ status: number; answer: { id?: string; detail?: string } }> => {
    const headers = { ...signedRequest('cair', hmac, signed).headers, 'content-encoding': encoding };
    const response = await fetch(`${url}/webhooks/cair/${token}`, {
      method: 'POST',
      headers,
      body: new Uint8Array(sent),
    });
    return { status: response.status, answer: (await response.json()) as { id?: string; detail?: string } };
  };

  it('are answered 415 that says what to do, whatever their signature covers', async () => {
    const signedTo = await harness.connect(cair, hmac);
    const body = plain();
    for (const signed of [body, gzipSync(body)]) {
      const { status, answer } = await post(service, signedTo, signed, { sent: gzipSync(body) });
      expect(status).toBe(415);
      expect(answer.detail).toContain('INGRESS_ACCEPT_GZIP');
    }
  });

  it('are taken where that is set: the bytes that were signed are on the topic', async () => {
    const accepting = await harness.ingress(cair, undefined, { INGRESS_ACCEPT_GZIP: 'true' });
    const signedTo = await harness.connect(cair, hmac);
    const body = plain();
    const { status, answer } = await post(accepting, signedTo, body, { sent: gzipSync(body) });
    expect(status).toBe(202);
    await expect.poll(() => harness.find(rawTopic('cair'), answer.id)).toHaveLength(1);
    const [message] = harness.find(rawTopic('cair'), answer.id);
    expect(message?.value?.equals(body)).toBe(true);
    expect(Object.keys(message!.headers)).not.toContain('content-encoding');
    // The same event, packed or not.
    expect((await post(accepting, signedTo, body, { encoding: 'identity' })).answer.id).toBe(answer.id);

    const packed = gzipSync(body);
    expect((await post(accepting, signedTo, packed, { sent: packed })).status).toBe(401);
    expect((await post(accepting, signedTo, plain(), { sent: packed })).status).toBe(401);
    expect((await post(accepting, signedTo, body, { sent: packed.subarray(0, -9) })).status).toBe(400);
    const bomb = Buffer.alloc(64 * 1024 * 1024, ' ');
    expect((await post(accepting, signedTo, body, { sent: gzipSync(bomb) })).status).toBe(413);
    expect((await post(accepting, signedTo, Buffer.alloc(MAX_BODY_BYTES + 1))).status).toBe(413);
    for (const [encoding, sent] of [
      ['deflate', deflateSync(body)],
      ['br', brotliCompressSync(body)],
      ['gzip, gzip', gzipSync(packed)],
    ] as const) {
      const refused = await post(accepting, signedTo, body, { sent, encoding });
      expect(refused.status).toBe(415);
      expect(refused.answer.detail).toContain('gzip');
    }
    const metrics = await (await fetch(`${accepting.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/claimwire_ingress_bytes_in_flight 0/);
  });
});

describe('slow senders', () => {
  const open = async (): Promise<{ socket: Socket; closedAfterMs: Promise<number> }> => {
    const { hostname, port } = new URL(service.url!);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    await once(socket, 'connect');
    const from = performance.now();
    socket.resume();
    return { socket, closedAfterMs: once(socket, 'close').then(() => performance.now() - from) };
  };

  it('lose their connection when their headers or their body do not arrive in time', async () => {
    const headers = await open();
    headers.socket.write('POST /webhooks/cair/x HTTP/1.1\r\nHost: x\r\n');
    const body = await open();
    body.socket.write(
      `POST /webhooks/cair/${to.token} HTTP/1.1\r\nHost: x\r\nX-Key: right\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    expect(await headers.closedAfterMs).toBeLessThan(3_500);
    expect(await body.closedAfterMs).toBeLessThan(5_000);
    const metrics = await (await fetch(`${service.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/claimwire_ingress_bytes_in_flight 0/);
  });
});
