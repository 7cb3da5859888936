import { generateSshRsaKeyPair, type ProviderName, type SenderAuth, signedRequest } from '@claimwire/testkit/senders';
import { describe, expect, it } from 'vitest';
import { curlLine } from './curl-line.js';

const { privateKeyPem } = generateSshRsaKeyPair();
const URL = 'http://127.0.0.1:4101/webhooks/any/the-random-token/claims';

const line = (provider: ProviderName, auth: SenderAuth, body: string | Buffer = '{}') =>
  curlLine(URL, signedRequest(provider, auth, body), auth.type);

const SECRET = 'a-canary-secret';
const secretive: [ProviderName, SenderAuth][] = [
  ['cair', { type: 'api_secret', header: 'X-API-KEY', secret: SECRET }],
  ['stedi', { type: 'api_keys', headers: [{ name: 'x-key', value: SECRET }] }],
  ['stedi', { type: 'basic', username: 'u', password: SECRET }],
  ['tpastream', { type: 'jwt_rs256', privateKeyPem }],
];

describe('a request as curl would make it', () => {
  it.each(secretive)('of %s masks the credential and the token: %o', (provider, auth) => {
    const text = line(provider, auth);
    const [, value = ''] = Object.entries(signedRequest(provider, auth, '{}').headers).find(
      ([name]) => name !== 'content-type',
    )!;
    expect(text).toContain("/webhooks/any/***/claims'");
    expect(text).toContain(": ***'");
    for (const secret of [value.slice(0, 30), 'the-random-token']) expect(text).not.toContain(secret);
  });

  it('shows a signature over the body, which gives nothing away', () => {
    const auth = { type: 'hmac_sha256', header: 'x-sig', secret: SECRET, encoding: 'hex' };
    expect(line('cair', auth)).toMatch(/-H 'x-sig: [0-9a-f]{64}' --data-binary '\{\}'$/);
  });

  it('quotes what a shell would read, and leaves bytes that are no text to a file', () => {
    expect(line('cair', { type: 'none' }, `{"a":"it's"}`)).toContain(String.raw`'{"a":"it'\''s"}'`);
    expect(line('cair', { type: 'none' }, Buffer.from([255]))).toContain('--data-binary @body');
  });
});
