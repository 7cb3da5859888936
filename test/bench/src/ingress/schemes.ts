import { generateSshRsaKeyPair, type ProviderName, type SenderAuth } from '@claimwire/testkit';
import type { TokenUse } from '../load/job.js';

/** A provider's verification as its senders really use it. */
export interface Scheme {
  name: string;
  provider: ProviderName;
  auth: SenderAuth;
  /** Of a scheme with tokens. */
  tokens?: TokenUse;
  /** Least share of the baseline's requests per second: RS256 costs more than a header or an HMAC. */
  target: number;
}

const CHEAP_TARGET = 0.85;
const RSA_TARGET = 0.65;

export function allSchemes(): Scheme[] {
  const keys = generateSshRsaKeyPair();
  const tpastream: Pick<Scheme, 'provider' | 'auth' | 'target'> = {
    provider: 'tpastream',
    auth: { type: 'jwt_rs256', publicKeys: [keys.sshPublicKey], privateKeyPem: keys.privateKeyPem },
    target: RSA_TARGET,
  };
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
    // The dearest that can come: no two requests have a token in common.
    { name: 'tpastream-rs256', ...tpastream, tokens: 'one_each' },
    // What their documentation says of it: claims in whole seconds, so that one second's requests have one token.
    { name: 'tpastream-rs256-per-second', ...tpastream, tokens: 'one_per_second' },
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
