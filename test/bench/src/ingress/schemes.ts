import { generateSshRsaKeyPair, type ProviderName, type SenderAuth } from '@claimwire/testkit';

/** A provider's verification as its senders really use it. */
export interface Scheme {
  name: string;
  provider: ProviderName;
  auth: SenderAuth;
  /** Least share of the baseline's requests per second: RS256 costs more than a header or an HMAC. */
  target: number;
}

const CHEAP_TARGET = 0.85;
const RSA_TARGET = 0.65;

export function allSchemes(): Scheme[] {
  const keys = generateSshRsaKeyPair();
  return [
    {
      name: 'cair-api-secret',
      provider: 'cair',
      auth: { type: 'api_secret', header: 'x-api-secret', secret: 'bench-cair-secret-0001' },
      target: CHEAP_TARGET,
    },
    {
      name: 'cair-hmac',
      provider: 'cair',
      auth: { type: 'hmac_sha256', header: 'x-signature', secret: 'bench-cair-secret-0001', encoding: 'hex' },
      target: CHEAP_TARGET,
    },
    {
      name: 'curacel-hmac',
      provider: 'curacel',
      auth: { type: 'hmac_sha256', secret: 'bench-curacel-secret-1', mode: 'required' },
      target: CHEAP_TARGET,
    },
    {
      name: 'tpastream-rs256',
      provider: 'tpastream',
      auth: { type: 'jwt_rs256', publicKeys: [keys.sshPublicKey], privateKeyPem: keys.privateKeyPem },
      target: RSA_TARGET,
    },
    {
      name: 'stedi-api-keys',
      provider: 'stedi',
      auth: { type: 'api_keys', headers: [{ name: 'x-stedi-key', value: 'bench-stedi-api-key-value' }] },
      target: CHEAP_TARGET,
    },
    {
      name: 'stedi-standard-webhooks',
      provider: 'stedi',
      auth: { type: 'standard_webhooks', secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`] },
      target: CHEAP_TARGET,
    },
  ];
}
