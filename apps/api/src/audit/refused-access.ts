import { Inject, Injectable } from '@nestjs/common';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { audit, type Actor } from './audit.js';

const MINUTE_MS = 60_000;
/** Whoever is not known. */
export const NOBODY: Actor = { actor: 'anonymous', tenant: null };

/**
 * Failed access in the audit log: one row per actor, answer and minute of this replica, so that a flood cannot fill the
 * database (as the ingresses do). The first of a minute says where.
 */
@Injectable()
export class RefusedAccess {
  private minute = 0;
  private readonly written = new Set<string>();

  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** @param reason constant code */
  async record(who: Actor, status: number, reason: string, request: FastifyRequest): Promise<void> {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (minute !== this.minute) this.written.clear();
    this.minute = minute;
    const name = JSON.stringify([who.actor, who.tenant, status, reason]);
    if (this.written.has(name)) return;
    this.written.add(name);
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    await audit(this.dataSource.manager, who, 'access.refused', null, { status, reason, route, address: request.ip });
  }
}
