import * as testkit from '@claimwire/testkit';
import { WebhookReceiver } from '@claimwire/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, TestBench } from '../../test/test-bench.js';

let bench: TestBench;
let receiver: WebhookReceiver;
/** The token endpoint. */
let issuer: WebhookReceiver;
let round = 0;

beforeAll(async () => {
  bench = await TestBench.open(testkit);
  await bench.startReplica('fanout-a');
});
beforeEach(async () => {
  [receiver, issuer] = await Promise.all([WebhookReceiver.start(), WebhookReceiver.start()]);
  issuer.answer(() => ({ status: 200, body: issued() }));
});
afterEach(() => Promise.all([receiver.stop(), issuer.stop()]));
afterAll(async () => {
  await bench?.close();
});

/** Tokens "token-1", "token-2", … */
const issued = (): string => JSON.stringify({ access_token: `token-${issuer.requests.length}`, expires_in: 3600 });
const authorizations = () => receiver.requests.map(({ headers }) => headers.authorization);

async function arrange() {
  const credentials = {
    type: 'oauth2_client_credentials',
    tokenUrl: `${issuer.url}/token`,
    clientId: 'client',
    clientSecret: 'a:b',
    scope: 'claims',
  };
  const claim = `oauth-${(round += 1)}`;
  const provider = claim;
  const { id } = await bench.createWebhook({ url: receiver.url, credentials, filters: { provider } });
  const emit = async (version: number) => {
    const { cause } = await bench.storeEvent(`seed-${claim}-${version}`, 1);
    return bench.emit(claim, version, { cause: { ...cause, provider } });
  };
  return { id, emit };
}

describe('a webhook with OAuth2 client credentials', () => {
  it('sends one token with many deliveries, and asks for it as the specification says', async () => {
    const { id, emit } = await arrange();
    for (const version of [1, 2, 3]) await emit(version);
    await bench.settled(id, { delivered: 3 });
    expect(authorizations()).toEqual(Array(3).fill('Bearer token-1'));
    expect(issuer.requests).toHaveLength(1);
    const [{ body, headers }] = issuer.requests as [(typeof issuer.requests)[0]];
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'claims',
    });
    expect(headers.authorization).toBe(`Basic ${Buffer.from('client:a%3Ab').toString('base64')}`);
    const { rows } = await bench.pool.query('select * from delivery_attempts where webhook_id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain('token-1');
  });

  it('fetches a fresh token once when the receiver answers 401, and only then is deauthorized', async () => {
    const { id, emit } = await arrange();
    receiver.answer(({ headers }) => ({ status: headers.authorization === 'Bearer token-2' ? 204 : 401 }));
    await emit(1);
    await bench.settled(id, { delivered: 1 });
    expect(authorizations()).toEqual(['Bearer token-1', 'Bearer token-2']);
    receiver.answer(() => ({ status: 401 }));
    await emit(2);
    await eventually('it is deauthorized', async () => (await bench.webhookStatus(id)) === 'deauthorized');
    expect(authorizations().slice(2)).toEqual(['Bearer token-2', 'Bearer token-3']);
  });

  it('is given a fresh token before the old one expires, without a 401', async () => {
    const { id, emit } = await arrange();
    const issuedAt: number[] = [];
    issuer.answer(() => {
      issuedAt.push(performance.now());
      return { status: 200, body: JSON.stringify({ access_token: `token-${issuedAt.length}`, expires_in: 3 }) };
    });
    let version = 0;
    await eventually('the token is another', async () => {
      await emit((version += 1));
      await bench.settled(id, { delivered: version });
      return authorizations().at(-1) === 'Bearer token-2';
    });
    // At four fifths of its three seconds, never before.
    expect((issuedAt[1] ?? 0) - (issuedAt[0] ?? 0)).toBeGreaterThanOrEqual(2_350);
    expect(receiver.requests).toHaveLength(version);
  });

  it('retries the delivery while the token endpoint fails', async () => {
    const { id, emit } = await arrange();
    issuer.answer(() => (issuer.requests.length < 3 ? { status: 503 } : { status: 200, body: issued() }));
    await emit(1);
    await bench.settled(id, { delivered: 1 });
    expect(authorizations()).toEqual(['Bearer token-3']);
  });

  it.each([400, 401])('is deauthorized when the token endpoint answers %i', async (status) => {
    const { id, emit } = await arrange();
    issuer.answer(() => ({ status }));
    await emit(1);
    await eventually('it is deauthorized', async () => (await bench.webhookStatus(id)) === 'deauthorized');
    const { rows } = await bench.pool.query('select status_reason from webhooks where id = $1', [id]);
    expect(rows).toEqual([{ status_reason: 'token_refused' }]);
    expect(receiver.requests).toEqual([]);
  });
});
