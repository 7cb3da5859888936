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

/** A token of its own for each request: RS256 signs equal claims to equal tokens. */
function freshToken(privateKeyPem: unknown): string {
  const issuedAt = Math.floor(Date.now() / 1000);
  return signRs256Jwt(String(privateKeyPem), {
    iat: issuedAt,
    exp: issuedAt + TOKEN_LIFETIME_SECONDS,
    jti: randomUUID(),
  });
}

function requestBytes({ provider, auth, token }: Traffic, index: number): Buffer {
  const isToken = auth.type === 'jwt_rs256';
  const request = signedRequest(provider, isToken ? { type: 'none' } : auth, BODIES[provider](index));
  const headers = {
    host: 'localhost',
    ...request.headers,
    ...(isToken && { 'tpastream-signature': freshToken(auth.privateKeyPem) }),
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
