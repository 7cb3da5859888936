import { createHmac, createSign, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { cair } from '@claimwire/provider-cair';
import type { Provider } from '@claimwire/provider-kit';
import { stedi } from '@claimwire/provider-stedi';
import { tpastream } from '@claimwire/provider-tpastream';
import type { RunningService } from '@claimwire/service-host';
import {
  cairStatusChange,
  generateSshRsaKeyPair,
  type ProviderName,
  type SenderAuth,
  signedRequest,
  stediTransactionEvent,
  tpaClaim,
} from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connected, IngressHarness } from '../test/ingress-harness.js';

let harness: IngressHarness;
beforeAll(async () => {
  harness = await IngressHarness.start();
});
afterAll(() => harness.stop());

const keys = generateSshRsaKeyPair();
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

/** A token signed with the genuine key, whatever its header says. */
function token(claims: object, alg = 'RS256', hash = 'RSA-SHA256'): string {
  const text = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createSign(hash).update(text).sign(keys.privateKeyPem, 'base64url')}`;
}

/** Signed with what everybody knows, in the hope that it is taken for a shared secret. */
function hs256(secret: string): string {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ exp: inSeconds(60) })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const good = (): string => token({ iat: inSeconds(0), exp: inSeconds(60) });

describe('forged tokens of TPA Stream', () => {
  let service: RunningService;
  let to: Connected;

  beforeAll(async () => {
    service = await harness.ingress(tpastream, undefined, { FAILED_AUTH_PER_MINUTE: '1000' });
    to = await harness.connect(tpastream, {
      type: 'jwt_rs256',
      publicKeys: [keys.sshPublicKey],
      maxTokenLifetimeSeconds: 300,
    });
  });

  /** Header lines as they are: fetch would join two into one. */
  const status = (signature: string | string[] | undefined): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const url = `${service.url}/webhooks/tpastream/${to.token}/claims`;
      const headers = {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'tpastream-signature': signature }),
      };
      const sent = httpRequest(url, { method: 'POST', headers, agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject).end(JSON.stringify(tpaClaim()));
    });

  it('takes the genuine one', async () => {
    expect(await status(good())).toBe(202);
  });

  it.each<[string, () => string | string[] | undefined, number]>([
    ['none at all', () => undefined, 401],
    ['empty', () => '', 401],
    ['alg none, unsigned', () => `${encode({ alg: 'none' })}.${encode({ exp: inSeconds(60) })}.`, 401],
    ['alg None, signed', () => token({ exp: inSeconds(60) }, 'None'), 401],
    ['HS256 keyed with the public key, as SSH text', () => hs256(keys.sshPublicKey), 401],
    ['HS256 keyed with the public key and a line end', () => hs256(`${keys.sshPublicKey}\n`), 401],
    ['RS512 of the genuine key', () => token({ exp: inSeconds(60) }, 'RS512', 'RSA-SHA512'), 401],
    ['RS384 of the genuine key', () => token({ exp: inSeconds(60) }, 'RS384', 'RSA-SHA384'), 401],
    ['RS256 in the header, signed with SHA-512', () => token({ exp: inSeconds(60) }, 'RS256', 'RSA-SHA512'), 401],
    ['expired', () => token({ exp: inSeconds(-120) }), 401],
    ['not yet valid', () => token({ nbf: inSeconds(120), exp: inSeconds(200) }), 401],
    ['without exp', () => token({ iat: inSeconds(0) }), 401],
    ['with exp as text', () => token({ exp: String(inSeconds(60)) }), 401],
    ['with exp null', () => token({ exp: null }), 401],
    ['living too long', () => token({ iat: inSeconds(0), exp: inSeconds(3_600) }), 401],
    ['living for ever', () => token({ exp: Number.MAX_SAFE_INTEGER }), 401],
    ['two header lines, both genuine', () => [good(), good()], 401],
    ['two header lines, the second forged', () => [good(), 'x.y.z'], 401],
    ['two in one line', () => `${good()}, ${good()}`, 401],
    ['with a bearer scheme', () => `Bearer ${good()}`, 401],
    ['larger than all headers may be', () => good() + 'A'.repeat(20_000), 431],
    ['oversized, within what headers may be', () => good() + 'A'.repeat(12_000), 401],
  ])('refuses one that is: %s', async (_, forge, expected) => {
    expect(await status(forge())).toBe(expected);
    expect(harness.published(to.id).length).toBeLessThanOrEqual(1);
  });

  it('still takes the genuine one', async () => {
    expect(await status(good())).toBe(202);
  });
});

describe('two credentials of one name', () => {
  const basic = { type: 'basic', username: 'stedi', password: 'right' };
  const key = { type: 'api_keys', headers: [{ name: 'Authorization', value: 'right' }] };
  const secret = { type: 'api_secret', header: 'X-Key', secret: 'right' };
  const hmac = { type: 'hmac_sha256', header: 'X-Signature', secret: 'right', encoding: 'hex' };

  it.each<[string, Provider, SenderAuth]>([
    ['Basic', stedi, basic],
    ['an API key in Authorization', stedi, key],
    ['an API secret', cair, secret],
    ['an HMAC', cair, hmac],
  ])('are refused, also where both are right: %s', async (_, provider, auth) => {
    const service = await harness.ingress(provider);
    const to = await harness.connect(provider, auth);
    const name = provider.name as ProviderName;
    const request = signedRequest(name, auth, name === 'cair' ? cairStatusChange() : stediTransactionEvent());
    /** Header lines as they are: fetch would join two into one. */
    const status = (times: number): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([header, value]) => [
            header,
            header === 'content-type' || times === 1 ? value : Array<string>(times).fill(value),
          ]),
        );
        const sent = httpRequest(`${service.url}/webhooks/${name}/${to.token}`, {
          method: 'POST',
          headers,
          agent: false,
        });
        sent.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
        sent.on('error', reject).end(request.body);
      });
    expect(await status(1)).toBe(202);
    expect(await status(2)).toBe(401);
  });
});

const cairAuth = (secret: string) => ({ type: 'hmac_sha256', header: 'X-Signature', secret, encoding: 'hex' });

describe('floods of wrong credentials', () => {
  it('get 429 with Retry-After beyond the budget, and the right credential is taken all the while', async () => {
    const service = await harness.ingress(cair, undefined, { FAILED_AUTH_PER_MINUTE: '3' });
    const [to, other] = [
      await harness.connect(cair, cairAuth('right')),
      await harness.connect(cair, cairAuth('right')),
    ];
    const status = async (target: Connected, secret: string): Promise<number> =>
      (await harness.send(service, cair, { ...target, auth: cairAuth(secret) }, cairStatusChange())).response.status;
    for (let count = 0; count < 3; count++) expect(await status(to, 'wrong')).toBe(401);
    const { response } = await harness.send(service, cair, { ...to, auth: cairAuth('wrong') }, cairStatusChange());
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await status(to, 'right')).toBe(202);
    expect(await status(other, 'wrong')).toBe(401);
  });
});

describe('a credential that is newer than memory', () => {
  it('is taken from the moment it is stored, notification or not', async () => {
    const service = await harness.ingress(cair, undefined, { CONFIGURATION_POLL_MS: '600000' });
    const to = await harness.connect(cair, cairAuth('before'));
    const status = async (secret: string): Promise<number> =>
      (await harness.send(service, cair, { ...to, auth: cairAuth(secret) }, cairStatusChange())).response.status;
    expect(await status('before')).toBe(202);
    await harness.pool.query('alter table connections disable trigger changed');
    try {
      await harness.changeAuth(to.id, cairAuth('after'));
    } finally {
      await harness.pool.query('alter table connections enable trigger changed');
    }
    expect(await status('after')).toBe(202);
    expect(await status('before')).toBe(401);
    expect(await status(randomBytes(8).toString('hex'))).toBe(401);
  });
});
