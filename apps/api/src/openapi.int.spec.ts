import { readFileSync, writeFileSync } from 'node:fs';
import { createTestDatabase } from '@claimwire/testkit';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../test/start-test-api.js';

const CHECKED_IN = new URL('../openapi.json', import.meta.url).pathname;

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { security?: unknown[]; responses: Record<string, unknown> }>>;
}

let api: TestApi;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let document: Document;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi({ DATABASE_URL: database.urlOf('api') });
  const answer = await api.call('GET', '/openapi.json');
  document = answer.body as unknown as Document;
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Every route that users rely on, and those added since. */
const ROUTES = `
GET POST /tenants
GET PATCH /tenants/{id}
GET POST /api-keys
DELETE /api-keys/{id}
GET /audit-log
GET /audit-log/export
GET POST /connections
GET PATCH DELETE /connections/{id}
POST /connections/{id}/rotate-token
GET POST /credential-sets
GET PATCH DELETE /credential-sets/{id}
GET POST /webhooks
POST /webhooks/match
GET PATCH DELETE /webhooks/{id}
POST /webhooks/{id}/pause
POST /webhooks/{id}/resume
POST /webhooks/{id}/reauthorize
POST /webhooks/{id}/rotate-secret
POST /signing-keys/rotate
GET POST /webhooks/{webhookId}/bindings
GET PATCH DELETE /webhooks/{webhookId}/bindings/{id}
GET /webhooks/{webhookId}/logs
GET /webhooks/{webhookId}/logs/{attemptId}
GET /webhooks/{webhookId}/error-queue
POST /webhooks/{webhookId}/error-queue/retry
POST /webhooks/{webhookId}/error-queue/purge
GET DELETE /webhooks/{webhookId}/error-queue/{id}
POST /webhooks/{webhookId}/error-queue/{id}/retry
GET POST /webhooks/{webhookId}/replays
GET /webhooks/{webhookId}/replays/{id}
POST /webhooks/{webhookId}/replays/{id}/cancel
POST /events/{eventId}/replays
POST /webhooks/{webhookId}/test
GET /claims
GET /claims/{claimKey}
GET /claims/{claimKey}/events
POST /claims/{claimKey}/replays
GET /events/{id}
GET /events/{id}/raw
GET /quarantine
POST /quarantine/retry
POST /quarantine/discard
GET /quarantine/{id}
GET /quarantine/{id}/raw
POST /quarantine/{id}/retry
POST /quarantine/{id}/discard
GET /schema-drift`;

describe('OpenAPI document', () => {
  it('is OpenAPI 3.1 and needs no key', () => {
    expect(document.openapi).toBe('3.1.0');
  });

  it('lists every route, each with bearer authentication', () => {
    const expected = ROUTES.trim()
      .split('\n')
      .flatMap((line) => {
        const [path, ...methods] = line.split(' ').reverse();
        return methods.map((method) => `${method} /v1${path}`);
      });
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual(expected.sort());
    expect(operations.filter(({ operation }) => !operation.security?.length)).toEqual([]);
  });

  it('refers only to schemas that it has, and knows null as a type', () => {
    const text = JSON.stringify(document);
    for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = pointer!
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document);
      expect(found, pointer).toBeDefined();
    }
    expect(text).not.toContain('"nullable"');
  });

  // `UPDATE_OPENAPI=1 npx vitest run --project integration apps/api/src/openapi` writes it
  it('is the one that is checked in', async () => {
    const options = await resolveConfig(CHECKED_IN);
    const generated = await format(JSON.stringify(document), { ...options, filepath: CHECKED_IN });
    if (process.env.UPDATE_OPENAPI) writeFileSync(CHECKED_IN, generated);
    expect(readFileSync(CHECKED_IN, 'utf8')).toBe(generated);
  });
});
