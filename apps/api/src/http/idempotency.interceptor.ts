import { createHash } from 'node:crypto';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Keyring } from '@claimwire/keyring';
import { DATA_SOURCE, IdempotencyKey } from '@claimwire/postgres';
import canonicalize from 'canonicalize';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { findPrincipal } from '../auth/caller.js';
import { Problem } from './problem.js';

/** After this a key may be used anew; clients retry within minutes. */
const REMEMBERED = "interval '24 hours'";
/** A request that has no answer after this died with its process: the next one takes over. */
const ABANDONED = "interval '60 seconds'";
const KEY = /^[\x21-\x7e]{1,255}$/;

/** POST with `Idempotency-Key`: the same request again gets the first one's answer, another one with the key is refused. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly keyring: Keyring,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const header = request.headers['idempotency-key'];
    const principal = findPrincipal(request);
    if (request.method !== 'POST' || header === undefined || !principal) return next.handle();
    if (typeof header !== 'string' || !KEY.test(header)) {
      throw new Problem(400, 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
    }
    const claim = { tenant: principal.tenant ?? '', key: header, hash: hashRequest(principal.actor, request) };
    return from(this.once(claim, context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  private async once(claim: RequestClaim, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    if (!(await this.take(claim))) return this.repeat(claim, reply);
    try {
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await this.remember(claim, reply.statusCode, answer);
      return answer;
    } catch (error) {
      await this.dataSource.getRepository(IdempotencyKey).delete({ tenantId: claim.tenant, key: claim.key });
      throw error;
    }
  }

  /** @returns whether this request is the one to do the work */
  private async take({ tenant, key, hash }: RequestClaim): Promise<boolean> {
    const taken: unknown[] = await this.dataSource.query(
      `insert into idempotency_keys (tenant_id, key, request_hash) values ($1, $2, $3)
       on conflict (tenant_id, key) do update
         set request_hash = excluded.request_hash, status = null, sealed = null, created_at = now()
         where idempotency_keys.created_at < now() - ${REMEMBERED}
           or (idempotency_keys.status is null and idempotency_keys.created_at < now() - ${ABANDONED})
       returning key`,
      [tenant, key, hash],
    );
    return taken.length > 0;
  }

  private async repeat({ tenant, key, hash }: RequestClaim, reply: FastifyReply): Promise<unknown> {
    const earlier = await this.dataSource.getRepository(IdempotencyKey).findOneBy({ tenantId: tenant, key });
    if (earlier && !earlier.requestHash.equals(hash)) {
      throw new Problem(422, 'This Idempotency-Key was used for another request.');
    }
    if (earlier?.status == null || !earlier.sealed) {
      throw new Problem(409, 'The first request with this Idempotency-Key is still under way.');
    }
    void reply.status(earlier.status).header('idempotency-replayed', 'true');
    const text = this.keyring.open(earlier.sealed, sealContext(tenant, key));
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  private async remember({ tenant, key }: RequestClaim, status: number, answer: unknown): Promise<void> {
    const text = answer === undefined ? '' : JSON.stringify(answer);
    const sealed = this.keyring.seal(text, sealContext(tenant, key));
    await this.dataSource.getRepository(IdempotencyKey).update({ tenantId: tenant, key }, { status, sealed });
  }
}

interface RequestClaim {
  tenant: string;
  key: string;
  hash: Buffer;
}

const sealContext = (tenant: string, key: string) => ({
  tenant,
  table: 'idempotency_keys',
  row: key,
  column: 'sealed',
});

/** With the actor, so that nobody gets an answer that was made for another key's holder. */
function hashRequest(actor: string, request: FastifyRequest): Buffer {
  const parts = [actor, request.method, request.url, request.body ?? null];
  return createHash('sha256')
    .update(canonicalize(parts) ?? '')
    .digest();
}
