import { createHash } from 'node:crypto';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Keyring } from '@claimwire/keyring';
import { DATA_SOURCE, IdempotencyKey } from '@claimwire/postgres/schema';
import canonicalize from 'canonicalize';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DataSource, type EntityManager } from 'typeorm';
import { findPrincipal } from '../auth/caller.js';
import { Problem } from './problem.js';
import { joinRequests, RequestTransaction } from './request-transaction.js';

/** After this a key may be used anew; clients retry within minutes. */
export const REMEMBERED = "interval '24 hours'";
/** A request that has no answer after this died with its process: the next one takes over. */
const ABANDONED = "interval '60 seconds'";
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * POST with `Idempotency-Key`: the same request again gets the first one's answer, another one with the key is refused. The
 * answer is committed with the work: a process that dies leaves both or neither.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly keyring: Keyring,
  ) {
    joinRequests(dataSource);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const header = request.headers['idempotency-key'];
    const principal = findPrincipal(request);
    if (request.method !== 'POST' || header === undefined || !principal) return next.handle();
    if (typeof header !== 'string' || !KEY.test(header)) {
      throw new Problem(400, 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
    }
    const asked = { tenant: principal.tenant ?? '', key: header, hash: hashRequest(principal.actor, request) };
    return from(this.once(asked, context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  private async once(asked: Asked, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const claim = await this.take(asked);
    if (!claim) return this.repeat(asked, reply);
    const transaction = new RequestTransaction(this.dataSource);
    try {
      const answer: unknown = await transaction.within(() => lastValueFrom(next.handle(), { defaultValue: undefined }));
      await this.remember(transaction.manager, claim, reply.statusCode, answer);
      await transaction.commit();
      return answer;
    } catch (error) {
      await transaction.rollback();
      await this.giveBack(claim);
      throw error;
    }
  }

  /** @returns null when another request has the key */
  private async take({ tenant, key, hash }: Asked): Promise<Claim | null> {
    const [taken]: { since: string }[] = await this.dataSource.query(
      `insert into idempotency_keys (tenant_id, key, request_hash) values ($1, $2, $3)
       on conflict (tenant_id, key) do update
         set request_hash = excluded.request_hash, status = null, sealed = null, created_at = clock_timestamp()
         where idempotency_keys.created_at < now() - ${REMEMBERED}
           or (idempotency_keys.status is null and idempotency_keys.created_at < now() - ${ABANDONED})
       returning created_at::text as since`,
      [tenant, key, hash],
    );
    return taken ? { tenant, key, since: taken.since } : null;
  }

  private async repeat({ tenant, key, hash }: Asked, reply: FastifyReply): Promise<unknown> {
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

  /** @throws Problem 409 when another request has taken the key over meanwhile: what this one did is rolled back */
  private async remember(manager: EntityManager, claim: Claim, status: number, answer: unknown): Promise<void> {
    const { tenant, key, since } = claim;
    const text = answer === undefined ? '' : JSON.stringify(answer);
    const sealed = this.keyring.seal(text, sealContext(tenant, key));
    const kept: unknown[] = await manager.query(
      `with kept as (update idempotency_keys set status = $4, sealed = $5 where ${CLAIMED} returning key) select key from kept`,
      [tenant, key, since, status, sealed],
    );
    if (kept.length === 0) throw new Problem(409, 'Another request with this Idempotency-Key has taken over.');
  }

  /** A request that failed does not use its key up. Where this fails too, the key is free after a minute. */
  private async giveBack({ tenant, key, since }: Claim): Promise<void> {
    const values = [tenant, key, since];
    await this.dataSource.query(`delete from idempotency_keys where ${CLAIMED}`, values).catch(() => undefined);
  }
}

const CLAIMED = 'tenant_id = $1 and key = $2 and created_at = $3::timestamptz and status is null';

interface Asked {
  tenant: string;
  key: string;
  hash: Buffer;
}

/** A request that does the work, told from another one with its key by when it took it. */
interface Claim {
  tenant: string;
  key: string;
  since: string;
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
