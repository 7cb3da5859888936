import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describeProviderConformance, type AuthSample } from '@claimwire/provider-kit/conformance';
import { curacel } from './provider.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url));

const SECRET = 'curacel-secret';
const hex = (secret: string, body: Buffer) => createHmac('sha256', secret).update(body).digest('hex');

const signed = (header: string): Pick<AuthSample, 'sign' | 'signWrongly' | 'coversBody'> => ({
  sign: (body) => ({ [header]: hex(SECRET, body) }),
  signWrongly: (body) => ({ [header]: hex('another', body) }),
  coversBody: true,
});

const auths: AuthSample[] = [
  {
    name: 'a required signature',
    auth: { type: 'hmac_sha256', secret: SECRET, mode: 'required' },
    ...signed('x-curacel-signature'),
  },
  {
    name: 'an optional signature in a header of its own',
    auth: { type: 'hmac_sha256', header: 'X-Own', secrets: [{ value: SECRET }], mode: 'optional' },
    ...signed('x-own'),
    unsignedAccepted: true,
  },
  { name: 'none', auth: { type: 'none' }, sign: () => ({}), unsignedAccepted: true },
];

interface Body {
  data: { approved_amount: number; approval_status: unknown };
}

const CANARIES = ['Ada', 'Obi', 'HMO-0001', 'Malaria'];

describeProviderConformance(curacel, {
  auths,
  bodies: [
    {
      name: 'claim.vetted, as PHP escapes it',
      route: 'webhook',
      source: 'curacel',
      body: fixture('curacel-claim-vetted.php-escaped'),
      expect: 'facts',
      changeFact: (body) => ((body as Body).data.approved_amount = 15000.51),
      unknownStatus: { set: (body) => ((body as Body).data.approval_status = 7), original: '7' },
      canaries: CANARIES,
    },
    {
      name: 'claim.vetted',
      route: 'webhook',
      source: 'curacel',
      body: fixture('curacel-claim-vetted'),
      expect: 'facts',
      canaries: CANARIES,
    },
    {
      name: 'claim.pile.vetting_done',
      route: 'webhook',
      source: 'curacel',
      body: fixture('curacel-claim-pile-vetting-done'),
      expect: 'facts',
      changeFact: (body) => ((body as Body).data.approval_status = 0),
      canaries: ['Malaria', 'Reduced to tariff'],
    },
  ],
  invalidAuths: [
    { name: 'a signature without a secret', auth: { type: 'hmac_sha256', mode: 'required' } },
    { name: 'an unknown mode', auth: { type: 'hmac_sha256', secret: SECRET, mode: 'sometimes' } },
    { name: 'a missing mode', auth: { type: 'hmac_sha256', secret: SECRET } },
  ],
});
