import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Keyring } from '@claimwire/keyring';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import type { FastifyRequest } from 'fastify';
import { concatMap, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { findPrincipal } from '../auth/caller.js';
import { audit } from './audit.js';
import { claimReference } from './claim-reference.js';
import { READS_CLAIMS, type AuditedRead } from './reads-claims.js';

/** Writes who read claim data; an answer without its entry is not given. */
@Injectable()
export class ReadAuditInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly keyring: Keyring,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const read = this.reflector.get<AuditedRead | undefined>(READS_CLAIMS, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = findPrincipal(request);
    if (!read || !principal) return next.handle();
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        const { target, detail } = this.describe(read, request, answer);
        await audit(this.dataSource.manager, principal, read.action, target, detail);
        return answer;
      }),
    );
  }

  /** Names of filters, never their values: somebody may have searched for a claim. */
  private describe({ target }: AuditedRead, request: FastifyRequest, answer: unknown) {
    const value = target === undefined ? null : ((request.params as Record<string, string>)[target] ?? null);
    const named = target === 'claimKey' && value !== null ? claimReference(this.keyring, value) : value;
    const filters = Object.keys(request.query as object).filter((name) => name !== 'limit' && name !== 'cursor');
    const count = countOf(answer);
    return {
      target: named,
      detail: { ...(count === null ? {} : { count }), ...(filters.length === 0 ? {} : { filters }) },
    };
  }
}

/** Items of a page; null = not a page. */
function countOf(answer: unknown): number | null {
  if (typeof answer !== 'object' || answer === null || !('data' in answer)) return null;
  return Array.isArray(answer.data) ? answer.data.length : null;
}
