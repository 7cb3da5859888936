import { randomBytes } from 'node:crypto';
import {
  cairStatusChange,
  curacelVetted,
  generateSshRsaKeyPair,
  type ProviderName,
  type SenderAuth,
  stediThinEvent,
  stediTransactionEvent,
  tpaClaim,
} from '@claimwire/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { System } from './system.js';
import { type Connection, send, Tenant } from './tenant.js';

const ROTATIONS = 3;
const SENDERS = 2;
const REQUESTS_BETWEEN = 4;

const newSecret = (): string => randomBytes(24).toString('hex');
const timed = (values: string[]) => values.map((value) => ({ value }));

interface Scheme {
  name: string;
  provider: ProviderName;
  body: () => object;
  newSecret: () => string;
  /** The connection's `auth` with these good at once; whoever sends uses the last. */
  auth: (...secrets: string[]) => SenderAuth;
}

/** A key pair is known to the connection by its public half. */
const keyPairs = new Map<string, string>();
const newPublicKey = (): string => {
  const { sshPublicKey, privateKeyPem } = generateSshRsaKeyPair();
  keyPairs.set(sshPublicKey, privateKeyPem);
  return sshPublicKey;
};

let lastId = 0;
const cair = { provider: 'cair', body: cairStatusChange, newSecret } as const;
const curacel = { provider: 'curacel', body: () => curacelVetted({ id: ++lastId }), newSecret } as const;
const stedi = { provider: 'stedi', body: stediTransactionEvent, newSecret } as const;

const SCHEMES: Scheme[] = [
  {
    ...cair,
    name: 'an API secret',
    auth: (...secrets) => ({ type: 'api_secret', header: 'x-api-key', secrets: timed(secrets) }),
  },
  {
    ...cair,
    name: 'HMAC in base64 with a prefix',
    auth: (...secrets) => ({
      type: 'hmac_sha256',
      header: 'x-signature',
      encoding: 'base64',
      prefix: 'sha256=',
      secrets: timed(secrets),
    }),
  },
  {
    ...curacel,
    name: 'a required HMAC',
    auth: (...secrets) => ({ type: 'hmac_sha256', mode: 'required', secrets: timed(secrets) }),
  },
  {
    ...curacel,
    name: 'an optional HMAC in a header of its own',
    auth: (...secrets) => ({ type: 'hmac_sha256', header: 'x-own', mode: 'optional', secrets: timed(secrets) }),
  },
  {
    provider: 'tpastream',
    name: 'RS256 keys',
    body: () => tpaClaim({ id: ++lastId }),
    newSecret: newPublicKey,
    auth: (...publicKeys) => ({
      type: 'jwt_rs256',
      publicKeys,
      privateKeyPem: keyPairs.get(publicKeys.at(-1) ?? ''),
    }),
  },
  {
    ...stedi,
    name: 'API key headers',
    auth: (...values) => ({
      type: 'api_keys',
      headers: [
        { name: 'authorization', values: timed(values) },
        { name: 'x-fixed', value: 'stays' },
      ],
    }),
  },
  {
    ...stedi,
    name: 'Basic',
    auth: (...passwords) => ({ type: 'basic', username: 'stedi', passwords: timed(passwords) }),
  },
  {
    ...stedi,
    name: 'Standard Webhooks',
    body: stediThinEvent,
    newSecret: () => `whsec_${randomBytes(24).toString('base64')}`,
    auth: (...secrets) => ({ type: 'standard_webhooks', secrets }),
  },
  // Only the URL token protects these: it alone rotates.
  { ...curacel, name: 'no credentials', auth: () => ({ type: 'none' }) },
  { ...stedi, name: 'no credentials', auth: () => ({ type: 'none' }) },
];

let system: System;
let tenant: Tenant;

beforeAll(async () => {
  system = await System.start(['api', 'ingress-cair', 'ingress-curacel', 'ingress-tpastream', 'ingress-stedi']);
  tenant = await Tenant.create(system, 'rotation');
});

afterAll(() => system.stop());

/** Senders that use at each moment what the API has last said, and never pause. */
class Load {
  readonly statuses: number[] = [];
  private readonly current: Promise<void>[] = [];
  private sending = true;
  private readonly senders: Promise<void>[];

  constructor(
    private readonly scheme: Scheme,
    /** Changed over at the instant that the API has answered. */
    public connection: Connection,
  ) {
    this.senders = Array.from({ length: SENDERS }, (_, index) => this.run(index));
  }

  /** What was signed before this call has been judged, and as many more as are asked for. */
  async passed(requests: number): Promise<void> {
    await Promise.all(this.current);
    const enough = this.statuses.length + requests;
    while (this.statuses.length < enough) await Promise.all(this.current);
  }

  async stop(): Promise<void> {
    this.sending = false;
    await Promise.all(this.senders);
  }

  private async run(index: number): Promise<void> {
    while (this.sending) {
      this.current[index] = this.sendOne();
      await this.current[index];
    }
  }

  private async sendOne(): Promise<void> {
    const { status } = await send(this.scheme.provider, this.connection, this.scheme.body());
    this.statuses.push(status);
  }
}

async function rotateUnderLoad(scheme: Scheme): Promise<void> {
  let secret = scheme.newSecret();
  const connection = await tenant.connect(scheme.provider, scheme.auth(secret), { ...namespaceOf(scheme.provider) });
  const path = `/connections/${connection.id}`;
  const change = (auth: SenderAuth) => tenant.api.must('PATCH', path, { auth: { ...auth, privateKeyPem: undefined } });
  const load = new Load(scheme, connection);
  for (let rotation = 0; rotation < ROTATIONS; rotation++) {
    const next = scheme.newSecret();
    await change(scheme.auth(secret, next));
    load.connection = { ...load.connection, auth: scheme.auth(next) };
    // Requests signed with the old secret must have been judged before it is withdrawn: that is the sender's overlap.
    await load.passed(REQUESTS_BETWEEN);
    await change(scheme.auth(next));
    secret = next;
    const { urls } = await tenant.api.must<Connection>('POST', `${path}/rotate-token`, { overlapSeconds: 60 });
    expect(urls).not.toEqual(load.connection.urls);
    load.connection = { ...load.connection, urls };
    await load.passed(REQUESTS_BETWEEN);
  }
  await load.stop();
  const refused = load.statuses.filter((status) => status !== 202);
  expect({ ...scheme, refused }).toEqual({ ...scheme, refused: [] });
  if (load.connection.auth.type === 'none') return;
  // A public key may be shown, a secret never.
  if (scheme.provider !== 'tpastream') expect(JSON.stringify(await tenant.api.must('GET', path))).not.toContain(secret);
  const forged = { ...load.connection, auth: scheme.auth(scheme.newSecret()) };
  expect((await send(scheme.provider, forged, scheme.body())).status).toBe(401);
  const withdrawn = { ...connection, urls: load.connection.urls };
  expect((await send(scheme.provider, withdrawn, scheme.body())).status).toBe(401);
}

/** Several connections of one provider: their ids are of one space. */
const namespaceOf = (provider: ProviderName): object => (provider === 'cair' ? {} : { claimNamespace: '' });

it(`refuses not one genuine event while the secrets, keys and URL tokens of all schemes rotate under load`, async () => {
  await Promise.all(SCHEMES.map(rotateUnderLoad));
});
