import type { Pool } from '@claimwire/postgres';

export interface ConfigurationCounts {
  /** Webhooks by status. */
  webhooks: Record<string, number>;
  /** Connections that would refuse their provider's webhooks in 14 days' time. */
  expiringConnections: number;
}

const NOTICE_DAYS = 14;

const WEBHOOKS = `select status, count(*)::int as count from webhooks group by status`;

/** The secrets in `auth` are removed (connections.sealed has them); from when to when they hold is not. */
const CONNECTIONS = `
  select auth, exists (
    select from connection_tokens t where t.connection_id = c.id and (not_after is null or not_after > $1)) as "hasToken"
  from connections c`;

/** @throws while PostgreSQL cannot be reached */
export async function readConfigurationCounts(pool: Pool): Promise<ConfigurationCounts> {
  const horizon = new Date(Date.now() + NOTICE_DAYS * 86_400_000);
  const webhooks = await pool.query<{ status: string; count: number }>(WEBHOOKS);
  const connections = await pool.query<{ auth: object; hasToken: boolean }>(CONNECTIONS, [horizon]);
  return {
    webhooks: Object.fromEntries(webhooks.rows.map(({ status, count }) => [status, count])),
    expiringConnections: connections.rows.filter(({ auth, hasToken }) => !hasToken || runsOut(auth, horizon)).length,
  };
}

/**
 * Whether some list of secrets or keys holds none that is still good at that time. Headers have such a list each, and all of them
 * must be right.
 */
export function runsOut(auth: object, at: Date): boolean {
  return Object.values(auth).some((value: unknown) => {
    if (!Array.isArray(value) || value.length === 0) return false;
    const items = value as unknown[];
    return (
      items.every((item) => endOf(item) < at.getTime()) || items.some((item) => hasLists(item) && runsOut(item, at))
    );
  });
}

const hasLists = (item: unknown): item is object => typeof item === 'object' && item !== null;

function endOf(item: unknown): number {
  const isTimed = typeof item === 'object' && item !== null && 'notAfter' in item && typeof item.notAfter === 'string';
  return isTimed ? Date.parse(item.notAfter as string) : Number.POSITIVE_INFINITY;
}
