import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { exampleDelivery } from '../../test/examples.js';
import { compileDestination } from '../configuration/compile-destination.js';
import type { WebhookRecord } from '../configuration/compile-destination.js';
import { maskEnd, maskText } from '../configuration/mask.js';
import { UnusableWebhookError } from '../configuration/destination.js';
import type { Delivery } from '../lanes/delivery.js';
import { renderRequest } from './render-request.js';

const SECRETS = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0'];
const MESSAGE =
  '{"id":"evt_1","type":"claim.updated","tenant":"demo","version":2,"status":"paid","amounts":{"paid":"1.00"}}';

const PARTNER = { name: 'X-Partner', value: 'partner-secret' };
const webhook = (more: Partial<WebhookRecord> = {}): WebhookRecord => ({
  id: 'whk_1',
  tenant: 'demo',
  status: 'active',
  statusSince: '',
  method: 'POST',
  url: 'https://user:pass@pms.example:8443/in/claims?key=hunter2&v=1',
  concurrency: 4,
  timeoutMs: 5000,
  rateLimit: null,
  disableAfterMs: null,
  activeSince: 0,
  logResponse: 'full',
  ordering: 'per_claim',
  retryPolicy: { type: 'fixed', retries: 4, delaySeconds: 90 },
  payload: 'full',
  signing: { type: 'standard_webhooks' },
  secrets: SECRETS.map((value) => ({ value })),
  keys: [],
  headers: { 'X-Practice': '7', 'X-Api-Token': 'own-secret' },
  credentials: { type: 'api_keys', config: { headers: [PARTNER] } },
  ...more,
});
interface ShownRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
}
const render = (more: Partial<WebhookRecord> = {}, what: Partial<Delivery> = {}) => {
  const destination = compileDestination(webhook(more));
  const { headers, ...rest } = renderRequest(
    destination,
    exampleDelivery({ message: Buffer.from(MESSAGE), ...what }),
    new Date(),
  );
  const byName: Record<string, string> = {};
  const { sent } = headers;
  for (let at = 0; at < sent.length; at += 2) byName[(sent[at] ?? '').toLowerCase()] = sent[at + 1] ?? '';
  const shown = destination.shownRequest.with(headers.shown);
  return { ...rest, destination, headers: byName, shown: JSON.parse(shown) as ShownRequest };
};

describe('the request of a delivery', () => {
  it('carries the stored bytes, signed with every active secret by Standard Webhooks', () => {
    const { body, headers } = render();
    expect(body?.toString()).toBe(MESSAGE);
    for (const secret of SECRETS) expect(new Webhook(secret).verify(MESSAGE, headers)).toMatchObject({ id: 'evt_1' });
    expect(headers['webhook-id']).toBe('evt_1');
  });

  it.each([
    ['standardwebhooks', Webhook],
    ['svix', SvixWebhook],
  ])(
    'is verified by %s with the old secret until its time is over, and with the new one from then on',
    (_, Library) => {
      const [old = '', next = ''] = SECRETS;
      const ends = (notAfter: string) => [{ value: next }, { value: old, notAfter }];
      const stages = [[{ value: old }], ends('2999-01-01T00:00:00Z'), ends('2020-01-01T00:00:00Z')];
      const accepted = stages.map((secrets) => {
        const { body, headers } = render({ secrets });
        return [old, next].map((secret) => {
          try {
            new Library(secret).verify(body?.toString() ?? '', headers);
            return true;
          } catch {
            return false;
          }
        });
      });
      expect(accepted).toEqual([
        [true, false],
        [true, true],
        [false, true],
      ]);
      expect(render({ secrets: stages[2] }).headers['webhook-signature']?.split(' ')).toHaveLength(1);
    },
  );

  it.each([
    ['standardwebhooks', Webhook],
    ['svix', SvixWebhook],
  ])('is refused by %s when a byte of the body, the id or the time is another', (_, Library) => {
    const { headers } = render();
    const library = new Library(SECRETS[0] ?? '');
    const otherTime = String(Number(headers['webhook-timestamp']) - 1);
    expect(() => library.verify(MESSAGE.replace('paid', 'Paid'), headers)).toThrow();
    expect(() => library.verify(MESSAGE, { ...headers, 'webhook-id': 'evt_2' })).toThrow();
    expect(() => library.verify(MESSAGE, { ...headers, 'webhook-timestamp': otherTime })).toThrow();
  });

  it('names the event by CloudEvents headers', () => {
    const receivedAt = '2025-03-11T14:35:01.120Z';
    expect(render({}, { receivedAt }).headers).toMatchObject({
      'ce-specversion': '1.0',
      'ce-id': 'evt_1',
      'ce-source': '/claimwire/demo',
      'ce-type': 'claim.updated',
      'ce-time': receivedAt,
      'content-type': 'application/json',
    });
  });

  it("goes on in the message's trace, or begins one", () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { headers } = render({}, { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    expect(headers.traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    expect(headers.traceparent).not.toContain('00f067aa0ba902b7');
    expect(render().headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('carries the credentials and the own headers, which may replace defaults but nothing of the protocol', () => {
    const headers = {
      'Content-Type': 'application/cloudevents+json',
      'webhook-id': 'mine',
      Host: 'evil',
      hOST: '169.254.169.254',
      'ce-id': 'mine',
    };
    const hosts = { type: 'api_keys', config: { headers: [{ name: 'HOST', value: '127.0.0.1' }, PARTNER] } };
    const rendered = render({ headers, credentials: hosts });
    expect(rendered.headers).toMatchObject({ 'x-partner': 'partner-secret', 'content-type': headers['Content-Type'] });
    expect(rendered.headers).toMatchObject({ 'webhook-id': 'evt_1', 'ce-id': 'evt_1' });
    expect(rendered.headers).not.toHaveProperty('host');
  });

  it('authenticates by Basic', () => {
    const { headers } = render({ credentials: { type: 'basic', config: { username: 'u', password: 'pässword' } } });
    expect(headers.authorization).toBe(`Basic ${Buffer.from('u:pässword').toString('base64')}`);
  });

  it('signs as CAIR does where it is told to', () => {
    const signing = { type: 'hmac_sha256', header: 'x-signature', encoding: 'hex' };
    const { headers, shown } = render({ signing });
    expect(headers['x-signature']).toMatch(/^[0-9a-f]{64}$/);
    expect(headers).not.toHaveProperty('webhook-signature');
    expect(shown.headers['x-signature']).toBe('***');
  });

  it.each(['GET', 'DELETE'] as const)('has no body by %s, and is signed over none', (method) => {
    const { body, headers } = render({ method });
    expect(body).toBeNull();
    const signature = new Webhook(SECRETS[0] ?? '').sign(
      'evt_1',
      new Date(Number(headers['webhook-timestamp']) * 1000),
      '',
    );
    expect(headers['webhook-signature']?.split(' ')).toContain(signature);
  });

  it('says which replay it belongs to', () => {
    expect(render({}, { replayId: 'rpl_1' }).headers['claimwire-replay']).toBe('rpl_1');
    expect(render().headers).not.toHaveProperty('claimwire-replay');
  });

  it('is reduced to the status where no more is wanted', () => {
    const { body } = render({ payload: 'status_only' });
    expect(JSON.parse(String(body))).toEqual({
      id: 'evt_1',
      type: 'claim.updated',
      tenant: 'demo',
      version: 2,
      status: 'paid',
    });
  });
});

describe('what the log of attempts shows', () => {
  it('holds no secret of the credentials, the own headers, the address or the signature', () => {
    const { shown } = render();
    const text = JSON.stringify(shown);
    for (const secret of ['partner-secret', 'own-secret', 'hunter2', 'pass@', 'v1,'])
      expect(text).not.toContain(secret);
    expect(shown).toMatchObject({ method: 'POST', url: 'https://pms.example:8443/in/claims?key=***&v=***' });
    expect(shown.headers).toMatchObject({ 'x-practice': '7', 'x-partner': '***', 'x-api-token': '***' });
    expect(shown.headers).toMatchObject({
      'webhook-id': 'evt_1',
      'webhook-signature': '***',
      'ce-type': 'claim.updated',
    });
  });
});

describe('a webhook that cannot be sent to', () => {
  it.each([
    ['signing', { signing: { type: 'jwt_rs256', header: 'authorization' } }],
    ['a signature as Host', { signing: { type: 'hmac_sha256', header: 'Host', encoding: 'hex' } }],
    ['a signature that frames', { signing: { type: 'hmac_sha256', header: 'Content-Length', encoding: 'hex' } }],
    ['credentials', { credentials: { type: 'oauth2_client_credentials', config: {} } }],
    ['no secret', { secrets: [] }],
    ['address', { url: 'nonsense' }],
  ])('is refused when it is made ready: %s', (_name, more) => {
    expect(() => compileDestination(webhook(more))).toThrow(UnusableWebhookError);
  });

  it('knows every secret of the webhook, so that an answer that repeats one can be blanked', () => {
    const { destination } = render({ url: 'https://pms.example/in?key=hunter2-hunter2&v=1' });
    expect(destination.secretValues).toEqual(expect.arrayContaining(['partner-secret', 'own-secret', ...SECRETS]));
    const answer = `you sent partner-secret, own-secret and hunter2-hunter2 to 7`;
    expect(maskText(answer, destination.secretValues)).toBe('you sent ***, *** and *** to 7');
    const basic = render({
      credentials: { type: 'basic', config: { username: 'u', password: 'p-p-p-p' } },
    }).destination;
    const [, pair = ''] = (basic.headers[basic.headers.indexOf('authorization') + 1] ?? '').split(' ');
    expect(maskText(`Authorization: Basic ${pair}`, basic.secretValues)).toBe('Authorization: ***');
    expect(maskText(pair, basic.secretValues)).toBe('***');
  });

  it('holds no beginning of a secret where an answer was cut off within it', () => {
    const secrets = ['partner-secret', 'own-secret'];
    expect(maskEnd('you sent partner-sec', secrets)).toBe('you sent ***');
    expect(maskEnd('you sent own-', secrets)).toBe('you sent ***');
    expect(maskEnd('you sent own', secrets)).toBe('you sent own');
  });

  it('has no content type where it has no body, and a dummy header where the credential set has one', () => {
    const { headers, body } = render({ method: 'GET', credentials: { type: 'none', config: {} } });
    expect([body, headers['content-type']]).toEqual([null, undefined]);
    expect(headers['user-agent']).toBe('Claimwire/1');
    const header = { name: 'X-Unused', value: 'none' };
    expect(render({ credentials: { type: 'none', config: { header } } }).headers['x-unused']).toBe('none');
  });
});
