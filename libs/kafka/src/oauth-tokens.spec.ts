import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OauthTokens } from './oauth-tokens.js';

let server: Server;
let url: string;
let requests: { authorization?: string; body: string }[];
let answer: { status: number; body: object };

beforeEach(async () => {
  requests = [];
  answer = { status: 200, body: { access_token: 'token-1', expires_in: 3_600 } };
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      requests.push({ authorization: request.headers.authorization, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
});
afterEach(() => server.close());

const tokens = () => new OauthTokens({ url, clientId: 'cla:im', clientSecret: 'hunter2', scope: 'kafka' });

describe('OauthTokens', () => {
  it('asks once for all who need a token at a time, with the credentials in the header (RFC 6749, 2.3.1)', async () => {
    const source = tokens();
    expect(await Promise.all([source.current(), source.current()])).toEqual(['token-1', 'token-1']);
    expect(await source.current()).toBe('token-1');
    expect(requests).toEqual([
      {
        authorization: `Basic ${Buffer.from('cla%3Aim:hunter2').toString('base64')}`,
        body: 'grant_type=client_credentials&scope=kafka',
      },
    ]);
  });

  it('asks again before a token ends', async () => {
    answer.body = { access_token: 'short', expires_in: 0 };
    const source = tokens();
    await source.current();
    answer.body = { access_token: 'next', expires_in: 60 };
    expect(await source.current()).toBe('next');
  });

  it.each([
    [500, {}, 'answered 500'],
    [200, { token: 'elsewhere' }, 'gave no access_token'],
  ])('says without the secret that it was given none (%i), and asks again the next time', async (status, body, why) => {
    const source = tokens();
    answer = { status, body };
    const error = await source.current().catch((reason: unknown) => reason as Error);
    expect(String(error)).toContain(why);
    expect(String(error)).not.toContain('hunter2');
    answer = { status: 200, body: { access_token: 'token-2' } };
    expect(await source.current()).toBe('token-2');
  });
});
