import { createHash, generateKeyPairSync } from 'node:crypto';
import * as testkit from '@claimwire/testkit';
import { WebhookReceiver } from '@claimwire/testkit';
import { createLocalJWKSet, jwtVerify, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TestBench } from '../../test/test-bench.js';

let bench: TestBench;
let receiver: WebhookReceiver;

beforeAll(async () => {
  [bench, receiver] = await Promise.all([TestBench.open(testkit), WebhookReceiver.start()]);
  await bench.startReplica('fanout-a');
});
afterAll(async () => {
  await bench?.close();
  await receiver?.stop();
});

async function addKey(kid: string, signsFrom: Date): Promise<JWK> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await bench.createSigningKey(kid, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, signsFrom);
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256' };
}

describe('a delivery signed by a JWT', () => {
  it('carries a token of its own, which jose verifies by the published keys, and names its key', async () => {
    const keys = [await addKey('old', new Date(0)), await addKey('new', new Date(Date.now() + 3_600_000))];
    const url = `${receiver.url}/in?practice=7`;
    const { id } = await bench.createWebhook({ url, signing: { type: 'jwt_rs256', header: 'X-Jwt' } });
    receiver.answer((_request, number) => (number === 1 ? { status: 500 } : undefined));
    const event = await bench.emit('jwt', 1);
    await bench.settled(id, { delivered: 1 });

    const verify = (token: string | undefined) =>
      jwtVerify(token ?? '', createLocalJWKSet({ keys }), { issuer: 'demo', audience: url, algorithms: ['RS256'] });
    const verified = await Promise.all(receiver.requests.map(({ headers }) => verify(headers['x-jwt'])));
    const [first, second] = verified;
    expect(first?.protectedHeader.kid).toBe('old');
    expect(first?.payload).toMatchObject({
      webhook: id,
      body_sha256: createHash('sha256').update(JSON.stringify(event)).digest('hex'),
    });
    expect(first!.payload.exp! - first!.payload.iat!).toBeLessThanOrEqual(300);
    expect(first?.payload.jti).toMatch(new RegExp(`^${event.id}\\.`));
    expect(second?.payload.jti).not.toBe(first?.payload.jti);
    const { rows } = await bench.pool.query<{ request: { headers: object } }>('select request from delivery_attempts');
    expect(rows.map(({ request }) => request.headers)).toMatchObject([{ 'X-Jwt': '***' }, { 'X-Jwt': '***' }]);

    await bench.pool.query(`update signing_keys set signs_from = now() where kid = 'new'`);
    // The sender learns of the key a moment later.
    let version = 1;
    await eventually('the new key signs', async () => {
      await bench.emit('jwt', (version += 1));
      await bench.settled(id, { delivered: version });
      return (await verify(receiver.requests.at(-1)?.headers['x-jwt'])).protectedHeader.kid === 'new';
    });
  });
});
