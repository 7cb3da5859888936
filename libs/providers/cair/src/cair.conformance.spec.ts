import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describeProviderConformance, type AuthSample } from '@claimwire/provider-kit/conformance';
import { cair } from './provider.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url));

const SECRET = 'a-long-shared-secret';
const hmac = (secret: string, body: Buffer, encoding: 'hex' | 'base64') =>
  createHmac('sha256', secret).update(body).digest(encoding);

const rotation = [
  { value: 'retired-secret', notAfter: '2026-01-01T00:00:00Z' },
  { value: SECRET, notBefore: '2025-12-01T00:00:00Z' },
  { value: 'next-secret', notBefore: '2027-01-01T00:00:00Z' },
];

const auths: AuthSample[] = [
  {
    name: 'api_secret',
    auth: { type: 'api_secret', header: 'X-API-KEY', secret: SECRET },
    sign: () => ({ 'x-api-key': SECRET }),
    signWrongly: () => ({ 'x-api-key': 'a-long-shared-secrex' }),
  },
  {
    name: 'api_secret in rotation',
    auth: { type: 'api_secret', header: 'X-API-KEY', secrets: rotation },
    sign: () => ({ 'x-api-key': SECRET }),
    signWrongly: () => ({ 'x-api-key': 'retired-secret' }),
  },
  {
    name: 'hmac_sha256 in hex with a prefix',
    auth: { type: 'hmac_sha256', header: 'X-Signature', secret: SECRET, encoding: 'hex', prefix: 'sha256=' },
    sign: (body) => ({ 'x-signature': `sha256=${hmac(SECRET, body, 'hex')}` }),
    signWrongly: (body) => ({ 'x-signature': `sha256=${hmac('another', body, 'hex')}` }),
    coversBody: true,
  },
  {
    name: 'hmac_sha256 in base64, in rotation',
    auth: { type: 'hmac_sha256', header: 'X-Signature', secrets: rotation, encoding: 'base64' },
    sign: (body) => ({ 'x-signature': hmac(SECRET, body, 'base64') }),
    signWrongly: (body) => ({ 'x-signature': hmac('next-secret', body, 'base64') }),
    coversBody: true,
  },
];

type Body = Record<string, unknown>;

describeProviderConformance(cair, {
  auths,
  bodies: [
    {
      name: 'a rejection',
      route: 'webhook',
      source: 'cair',
      body: fixture('cair-claim-status-change.rejected'),
      expect: 'facts',
      changeFact: (body) => ((body as Body).statusCode277 = '15'),
      unknownStatus: { set: (body) => ((body as Body).newStatus = 'Under_Review'), original: 'Under_Review' },
      canaries: [],
    },
    {
      name: 'a failed submission',
      route: 'webhook',
      source: 'cair',
      body: fixture('cair-claim-status-change.failed-to-submit'),
      expect: 'facts',
      changeFact: (body) => ((body as Body).timestamp = '2025-03-11T14:32:00.001Z'),
      canaries: [],
    },
  ],
  invalidAuths: [
    { name: 'a missing secret', auth: { type: 'api_secret', header: 'X-API-KEY' } },
    { name: 'an empty secret', auth: { type: 'api_secret', header: 'X-API-KEY', secret: '' } },
    { name: 'no secret in the list', auth: { type: 'api_secret', header: 'X-API-KEY', secrets: [] } },
    { name: 'a header name with a space', auth: { type: 'api_secret', header: 'X API', secret: SECRET } },
    {
      name: 'a secret whose end cannot be read',
      auth: { type: 'api_secret', header: 'X', secrets: [{ value: SECRET, notAfter: 'tomorrow' }] },
    },
    {
      name: 'an unknown encoding',
      auth: { type: 'hmac_sha256', header: 'X', secret: SECRET, encoding: 'base32' },
    },
  ],
});
