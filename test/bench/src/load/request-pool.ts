import {
  cairStatusChange,
  curacelVetted,
  type ProviderName,
  signedRequest,
  signRs256Jwt,
  stediTransactionEvent,
  tpaClaim,
} from '@claimwire/testkit';
import { randomUUID } from 'node:crypto';
import type { Traffic } from './job.js';

const POOL_SIZE = 4_000;
const TOKEN_LIFETIME_SECONDS = 600;

/** Realistic bodies, each of a claim of its own. */
const BODIES: Readonly<Record<ProviderName, (index: number) => object>> = {
  cair: () => cairStatusChange(),
  curacel: (index) => curacelVetted({ id: index, ref: `EMR/2022/${index}` }),
  tpastream: (index) => tpaClaim({ id: index }),
  stedi: () => stediTransactionEvent(),
};

/** So many requests are taken for a second's. Few: each new token is dearer than those that come again. */
const REQUESTS_PER_SECOND = 400;

/**
 * A token's signature is deterministic: equal claims are equal tokens. Of those of their own there are more than an ingress
 * remembers, so that each is a new one whenever it comes.
 */
function tokenFor({ auth, tokens = 'one_each' }: Traffic, index: number): string {
  const issuedAt = Math.floor(Date.now() / 1000);
  const exp = issuedAt + TOKEN_LIFETIME_SECONDS;
  const claims =
    tokens === 'one_each'
      ? { iat: issuedAt, exp, jti: randomUUID() }
      : { exp: exp + Math.floor(index / REQUESTS_PER_SECOND) };
  return signRs256Jwt(String(auth.privateKeyPem), claims);
}

function requestBytes(traffic: Traffic, index: number): Buffer {
  const { provider, auth, token } = traffic;
  const isToken = auth.type === 'jwt_rs256';
  const request = signedRequest(provider, isToken ? { type: 'none' } : auth, BODIES[provider](index));
  const headers = {
    host: 'localhost',
    ...request.headers,
    ...(isToken && { 'tpastream-signature': tokenFor(traffic, index) }),
    'content-length': String(request.body.length),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST /webhooks/${provider}/${token}${request.suffix} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), request.body]);
}

/** Requests made and signed before the clock runs, sent in turn. */
export class RequestPool {
  private at = 0;
  readonly madeAt = Date.now();
  private readonly requests: readonly Buffer[];

  constructor(traffic: Traffic) {
    this.requests = Array.from({ length: POOL_SIZE }, (_, index) => requestBytes(traffic, index));
  }

  next(): Buffer {
    this.at = (this.at + 1) % this.requests.length;
    return this.requests[this.at] as Buffer;
  }
}
