import { createServer, request as send } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { IngressRoute } from '@claimwire/provider-kit';
import { describe, expect, it } from 'vitest';
import { direct, openDirectEntrance } from './direct-entrance.js';

const TOKEN = 'A-Za_z0123456789abcdef';
const route = (suffix: string): IngressRoute => ({
  name: suffix,
  suffix,
  receive: () => ({ kind: 'malformed', reason: 'x' }),
});
const ROUTES = new Map(['', '/claims'].map((suffix) => [suffix, route(suffix)]));
const lookUp = (url: string | undefined, method = 'POST') => direct({ method, url }, '/webhooks/tpa/', ROUTES);

describe('a plain webhook', () => {
  it.each([
    [`/webhooks/tpa/${TOKEN}`, ''],
    [`/webhooks/tpa/${TOKEN}/claims`, '/claims'],
  ])('%s is let in at once', (url, suffix) => {
    expect(lookUp(url)).toEqual({ route: ROUTES.get(suffix), token: TOKEN });
  });

  it.each([
    `/webhooks/tpa/${TOKEN}?a=1`,
    `/webhooks/tpa/${TOKEN}/`,
    `/webhooks/tpa/${TOKEN}/other`,
    `/webhooks/tpa/${TOKEN}%2Fclaims`,
    `/webhooks/tpa/`,
    `/webhooks/tpa//claims`,
    `/webhooks/other/${TOKEN}`,
    `//webhooks/tpa/${TOKEN}`,
    `http://host/webhooks/tpa/${TOKEN}`,
    `/webhooks/tpa/${'a'.repeat(65)}`,
    undefined,
  ])('%s is not one, and goes the usual way', (url) => {
    expect(lookUp(url)).toBeNull();
  });

  it('is a POST', () => {
    expect(lookUp(`/webhooks/tpa/${TOKEN}`, 'GET')).toBeNull();
  });
});

describe('the direct entrance', () => {
  it('leaves every request that it does not take to whoever listened before', async () => {
    const server = createServer((_request, response) => void response.end('usual'));
    openDirectEntrance(server, ({ url }, response) => {
      if (url !== '/direct') return false;
      response.end('direct');
      return true;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const get = async (path: string): Promise<string> => {
      const [response] = (await once(send({ port, path }).end(), 'response')) as [AsyncIterable<Buffer>];
      let text = '';
      for await (const chunk of response) text += chunk.toString();
      return text;
    };
    expect([await get('/direct'), await get('/other')]).toEqual(['direct', 'usual']);
    server.closeAllConnections();
    server.close();
  });
});
