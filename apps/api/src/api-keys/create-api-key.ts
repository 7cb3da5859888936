import { ApiKey, type ApiKeyScope } from '@claimwire/postgres/schema';
import type { EntityManager } from 'typeorm';
import { hashApiKey, newApiKey } from '../auth/api-key-text.js';
import { newId } from '../ids.js';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

interface NewKey {
  tenant: string | null;
  name: string;
  scope: ApiKeyScope;
  expiresAt?: Date;
}

/** @returns the stored row and the key itself, which nobody can read again */
export async function createApiKey(
  manager: EntityManager,
  { tenant, name, scope, expiresAt = new Date(Date.now() + YEAR_MS) }: NewKey,
): Promise<{ row: ApiKey; apiKey: string }> {
  const apiKey = newApiKey();
  const row = manager.create(ApiKey, { id: newId('key'), tenantId: tenant, name, scope, expiresAt, revokedAt: null });
  row.hash = hashApiKey(apiKey);
  return { row: await manager.save(row), apiKey };
}
