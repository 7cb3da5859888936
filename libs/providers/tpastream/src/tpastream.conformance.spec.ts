import { createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describeProviderConformance, type AuthSample } from '@claimwire/provider-kit/conformance';
import { tpastream } from './provider.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url));

const newKeyPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const ours = newKeyPair();
const rotated = newKeyPair();
const strangers = newKeyPair();

type KeyPair = ReturnType<typeof newKeyPair>;

const pem = ({ publicKey }: KeyPair) => publicKey.export({ format: 'pem', type: 'spki' }).toString();

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function token({ privateKey }: KeyPair, now: Date): string {
  const issued = Math.floor(now.getTime() / 1000);
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: issued, exp: issued + 300 })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

const signedBy = (pair: KeyPair): Pick<AuthSample, 'sign' | 'signWrongly'> => ({
  sign: (_body, now) => ({ 'tpastream-signature': token(pair, now) }),
  signWrongly: (_body, now) => ({ 'tpastream-signature': token(strangers, now) }),
});

interface Body {
  data: { amount_paid: number; status: unknown };
}

describeProviderConformance(tpastream, {
  auths: [
    { name: 'one key', auth: { type: 'jwt_rs256', publicKeys: [pem(ours)] }, ...signedBy(ours) },
    {
      name: 'the second of two keys and a longest lifetime',
      auth: { type: 'jwt_rs256', publicKeys: [pem(ours), pem(rotated)], maxTokenLifetimeSeconds: 600 },
      ...signedBy(rotated),
    },
    {
      name: 'keys in rotation',
      auth: {
        type: 'jwt_rs256',
        publicKeys: [
          { value: pem(strangers), notAfter: '2026-01-01T00:00:00Z' },
          { value: pem(rotated), notBefore: '2025-12-01T00:00:00Z' },
        ],
      },
      ...signedBy(rotated),
    },
    {
      name: 'a key besides one that was withdrawn',
      auth: { type: 'jwt_rs256', publicKeys: [{ value: pem(strangers), notAfter: '2026-01-01T00:00:00Z' }, pem(ours)] },
      ...signedBy(ours),
    },
  ],
  bodies: [
    {
      name: 'the documented claim',
      route: 'claims',
      source: 'tpastream',
      body: fixture('tpa-claim.documented'),
      expect: 'facts',
      changeFact: (body) => ((body as Body).data.amount_paid = 12.5),
      unknownStatus: { set: (body) => ((body as Body).data.status = 'Escalated'), original: 'Escalated' },
      canaries: ['999999999', 'Appleseed', 'Johnny', 'Sally', 'Parrish', 'Abram', 'VIRUS INOCULATION', 'leverage'],
    },
    {
      name: 'a claim',
      route: 'claims',
      source: 'tpastream',
      body: fixture('tpa-claim'),
      expect: 'facts',
      changeFact: (body) => ((body as Body).data.status = 'Processed'),
      canaries: ['j@example.com'],
    },
    {
      name: 'a failed first crawl',
      route: 'first-crawl-completions',
      source: 'tpastream',
      body: fixture('tpa-crawl.failure'),
      expect: 'notice',
      canaries: ['Please re-enter'],
    },
    {
      name: 'a successful first crawl',
      route: 'first-crawl-completions',
      source: 'tpastream',
      body: fixture('tpa-crawl.success.inferred'),
      expect: 'notice',
      canaries: [],
    },
  ],
  invalidAuths: [
    { name: 'no key', auth: { type: 'jwt_rs256', publicKeys: [] } },
    { name: 'a timed key that is none', auth: { type: 'jwt_rs256', publicKeys: [{ value: 'ssh-rsa AAAA' }] } },
    {
      name: 'a timed key with a member that nobody reads',
      auth: { type: 'jwt_rs256', publicKeys: [{ value: pem(ours), until: '2027-01-01T00:00:00Z' }] },
    },
    { name: 'a broken key', auth: { type: 'jwt_rs256', publicKeys: ['ssh-rsa AAAA'] } },
    {
      name: 'a private key',
      auth: {
        type: 'jwt_rs256',
        publicKeys: [ours.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()],
      },
    },
    { name: 'a lifetime of nothing', auth: { type: 'jwt_rs256', publicKeys: [pem(ours)], maxTokenLifetimeSeconds: 0 } },
  ],
});
