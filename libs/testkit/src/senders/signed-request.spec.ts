import type { ConnectionConfig } from '@claimwire/provider-kit';
import { providerByName } from '@claimwire/providers';
import { describe, expect, it } from 'vitest';
import {
  cairStatusChange,
  curacelPileDone,
  curacelVetted,
  generateSshRsaKeyPair,
  signedRequest,
  stediFileDelivered,
  stediFileFailed,
  stediThinEvent,
  stediTransactionEvent,
  tpaClaim,
  tpaCrawl,
  type ProviderName,
  type SenderAuth,
} from './index.js';

const { sshPublicKey, privateKeyPem } = generateSshRsaKeyPair();
const WEBHOOK_SECRET = `whsec_${Buffer.from('twenty-four secret bytes').toString('base64')}`;

const cases: [ProviderName, SenderAuth, object, string?][] = [
  ['cair', { type: 'api_secret', header: 'X-API-KEY', secret: 's' }, cairStatusChange()],
  ['cair', { type: 'hmac_sha256', header: 'X-Sig', secret: 's', encoding: 'base64', prefix: 'v=' }, cairStatusChange()],
  ['curacel', { type: 'hmac_sha256', secret: 's', mode: 'required' }, curacelVetted()],
  ['curacel', { type: 'hmac_sha256', header: 'X-Own', secrets: [{ value: 's' }], mode: 'optional' }, curacelPileDone()],
  ['curacel', { type: 'none' }, curacelVetted()],
  ['tpastream', { type: 'jwt_rs256', publicKeys: [sshPublicKey], privateKeyPem }, tpaClaim()],
  [
    'tpastream',
    { type: 'jwt_rs256', publicKeys: [sshPublicKey], privateKeyPem },
    tpaCrawl(),
    'first-crawl-completions',
  ],
  ['stedi', { type: 'api_keys', headers: [{ name: 'Authorization', value: 'Bearer t' }] }, stediTransactionEvent()],
  ['stedi', { type: 'basic', username: 'u', password: 'p' }, stediFileDelivered()],
  ['stedi', { type: 'none' }, stediFileFailed()],
  ['stedi', { type: 'standard_webhooks', secrets: [WEBHOOK_SECRET] }, stediThinEvent({ wrapped: true })],
];

describe('a signed request', () => {
  it.each(cases)('of %s with %o is what its ingress verifies and accepts', async (name, auth, sample, route) => {
    const provider = providerByName(name)!;
    const request = signedRequest(name, auth, sample, { route });
    const connection: ConnectionConfig = { id: 'con_1', tenant: 't', provider: name, auth, settings: {} };
    expect(await provider.verify(request, connection, new Date())).toEqual({ ok: true });
    const target = provider.routes.find((candidate) => candidate.name === request.route);
    expect(target?.suffix).toBe(request.suffix);
    expect(target?.receive(request.body).kind).toBe('accepted');
  });

  it('of Curacel is escaped as PHP does', () => {
    const { body } = signedRequest('curacel', { type: 'none' }, curacelVetted({ ref: 'EMR/é' }));
    expect(body.toString()).toContain('"ref":"EMR\\/\\u00e9"');
    expect(JSON.parse(body.toString())).toMatchObject({ data: { ref: 'EMR/é' } });
  });

  it('sends bytes and text as they are', () => {
    const auth = { type: 'none' };
    expect(signedRequest('curacel', auth, 'not json').body.toString()).toBe('not json');
    expect(signedRequest('stedi', auth, Buffer.from([255])).body).toEqual(Buffer.from([255]));
  });

  it('of an unknown route is a mistake of the test', () => {
    expect(() => signedRequest('cair', { type: 'none' }, {}, { route: 'claims' })).toThrow('no route');
  });
});
