import { readFileSync } from 'node:fs';
import { describeProviderConformance, type AuthSample } from '@claimwire/provider-kit/conformance';
import { Webhook } from 'standardwebhooks';
import { stedi } from './provider.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url));

const SECRET = `whsec_${Buffer.from('a webhook secret of 24 b').toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.from('another secret of 24 byt').toString('base64')}`;

const standardWebhooks = (secret: string, body: Buffer, now: Date) => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
  'webhook-signature': new Webhook(secret).sign('msg_1', now, body),
});

const signedWith = (secret: string): Pick<AuthSample, 'sign' | 'signWrongly' | 'coversBody'> => ({
  sign: (body, now) => standardWebhooks(secret, body, now),
  signWrongly: (body, now) => standardWebhooks(OTHER_SECRET, body, now),
  coversBody: true,
});

const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`stedi:${password}`).toString('base64')}` });

const rotation = [
  { value: 'key-of-then', notAfter: '2026-01-01T00:00:00Z' },
  { value: 'key-of-now', notBefore: '2025-12-01T00:00:00Z' },
  { value: 'key-to-come', notBefore: '2027-01-01T00:00:00Z' },
];

const auths: AuthSample[] = [
  {
    name: 'two API key headers',
    auth: {
      type: 'api_keys',
      headers: [
        { name: 'Authorization', value: 'Bearer token-1' },
        { name: 'X-Second', value: 'two' },
      ],
    },
    sign: () => ({ authorization: 'Bearer token-1', 'x-second': 'two' }),
    signWrongly: () => ({ authorization: 'Bearer token-1', 'x-second': 'too' }),
  },
  {
    name: 'basic',
    auth: { type: 'basic', username: 'stedi', password: 'pass:word' },
    sign: () => basic('pass:word'),
    signWrongly: () => basic('pass'),
  },
  {
    name: 'an API key header in rotation',
    auth: { type: 'api_keys', headers: [{ name: 'X-Key', values: rotation }] },
    sign: () => ({ 'x-key': 'key-of-now' }),
    signWrongly: () => ({ 'x-key': 'key-of-then' }),
  },
  {
    name: 'basic with a password in rotation',
    auth: { type: 'basic', username: 'stedi', passwords: rotation },
    sign: () => basic('key-of-now'),
    signWrongly: () => basic('key-to-come'),
  },
  { name: 'none', auth: { type: 'none' }, sign: () => ({ 'x-stedi-noauth': 'dummy' }), unsignedAccepted: true },
  {
    name: 'Standard Webhooks',
    auth: { type: 'standard_webhooks', secrets: [SECRET] },
    ...signedWith(SECRET),
  },
  {
    name: 'Standard Webhooks in rotation',
    auth: {
      type: 'standard_webhooks',
      secrets: [{ value: OTHER_SECRET, notAfter: '2026-01-01T00:00:00Z' }, { value: SECRET }],
      toleranceSeconds: 300,
    },
    ...signedWith(SECRET),
  },
];

interface Event {
  id: string;
  detail: { transactionId: string; delivery: { artifactId: string }; errors: { faultCode: string }[] };
}
interface Part277 {
  claim: {
    claimStatus: {
      informationClaimStatuses: { informationStatuses: { healthCareClaimStatusCategoryCode: string }[] }[];
    };
  };
}
interface Part835 {
  claim: { claimPaymentInfo: { claimStatusCode: string } };
}

describeProviderConformance(stedi, {
  auths,
  settings: { reports: { baseUrl: 'https://healthcare.example.test', apiKey: 'key' } },
  bodies: [
    {
      name: 'a processed transaction',
      route: 'webhook',
      source: 'stedi',
      body: fixture('stedi-transaction-processed-v2.277'),
      expect: 'ignored',
      changeFact: (body) => ((body as { event: Event }).event.detail.transactionId = 'another-transaction'),
      resend: (body) => ((body as { event: Event }).event.id = 'another-event-id'),
      canaries: [],
    },
    {
      name: 'a processed transaction from Event Destinations',
      route: 'webhook',
      source: 'stedi',
      body: fixture('stedi-event-destination.transaction.processed'),
      expect: 'ignored',
      changeFact: (body) => ((body as { resource: { id: string } }).resource.id = 'another-transaction'),
      resend: (body) => ((body as Event).id = 'evt_another'),
      canaries: [],
    },
    {
      name: 'a delivered file',
      route: 'webhook',
      source: 'stedi',
      body: fixture('stedi-file-delivered-v2'),
      expect: 'notice',
      changeFact: (body) => ((body as Event).detail.delivery.artifactId = 'another-artifact'),
      resend: (body) => ((body as Event).id = 'another-event-id'),
      canaries: ['File was delivered'],
    },
    {
      name: 'a failed file',
      route: 'webhook',
      source: 'stedi',
      body: fixture('stedi-file-failed-v2'),
      expect: 'notice',
      changeFact: (body) => ((body as Event).detail.errors = []),
      resend: (body) => ((body as Event).id = 'another-event-id'),
      canaries: ['Failed to translate', '1746.edi'],
    },
    {
      name: "one claim's part of a 277CA",
      source: 'stedi-reports',
      eventType: 'stedi.report.277',
      body: fixture('report-part.277'),
      expect: 'facts',
      unknownStatus: {
        set: (body) =>
          ((body as Part277).claim.claimStatus.informationClaimStatuses[0]!.informationStatuses = [
            { healthCareClaimStatusCategoryCode: 'E1' },
          ]),
        original: 'E1',
      },
      canaries: [],
    },
    {
      name: "one claim's part of an 835",
      source: 'stedi-reports',
      eventType: 'stedi.report.835',
      body: fixture('report-part.835'),
      expect: 'facts',
      unknownStatus: {
        set: (body) => ((body as Part835).claim.claimPaymentInfo.claimStatusCode = '77'),
        original: '77',
      },
      canaries: ['Missing pathology report'],
    },
  ],
  invalidAuths: [
    { name: 'no header', auth: { type: 'api_keys', headers: [] } },
    { name: 'a header without a value', auth: { type: 'api_keys', headers: [{ name: 'Authorization', value: '' }] } },
    {
      name: 'a header with a member that nobody reads',
      auth: { type: 'api_keys', headers: [{ name: 'A', value: 'b', prefix: 'c' }] },
    },
    { name: 'a header without any of its values', auth: { type: 'api_keys', headers: [{ name: 'A', values: [] }] } },
    {
      name: 'a header value whose end cannot be read',
      auth: { type: 'api_keys', headers: [{ name: 'A', values: [{ value: 'b', notAfter: 'soon' }] }] },
    },
    { name: 'a username without a password', auth: { type: 'basic', username: 'a' } },
    { name: 'an empty password in a list', auth: { type: 'basic', username: 'a', passwords: [{ value: '' }] } },
    { name: 'a username with a colon', auth: { type: 'basic', username: 'a:b', password: 'c' } },
    { name: 'a secret that is not base64', auth: { type: 'standard_webhooks', secrets: ['whsec_%%%'] } },
    {
      name: 'a timed secret with a member that nobody reads',
      auth: { type: 'standard_webhooks', secrets: [{ value: SECRET, until: '2027-01-01T00:00:00Z' }] },
    },
    { name: 'a negative tolerance', auth: { type: 'standard_webhooks', secrets: [SECRET], toleranceSeconds: -1 } },
  ],
});
