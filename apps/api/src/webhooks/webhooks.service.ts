import { Inject, Injectable } from '@nestjs/common';
import { writeHubNotices } from '@claimwire/postgres';
import { CredentialSet, DATA_SOURCE, Webhook } from '@claimwire/postgres/schema';
import { DataSource, type EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { originOf } from '../http/http-url.js';
import { pageById, type Page } from '../http/page.js';
import { fieldNotValid, notValid } from '../http/problem.js';
import { newId } from '../ids.js';
import { createBinding } from './create-binding.js';
import { findWebhook, lockWebhook } from './find-webhook.js';
import { forgetFailures, recovery, wakeSender } from './reauthorize.js';
import { SigningKeys } from './signing-keys.js';
import { SigningSecrets } from './signing-secrets.js';
import { nextStatus, type WebhookAction } from './webhook-status.js';
import { FIVE_DAYS_S } from './webhooks.dto.js';
import type { CreateWebhook, ListWebhooks, RotateSecret, UpdateWebhook, WebhookView } from './webhooks.dto.js';

const DEFAULTS = {
  method: 'POST',
  concurrency: 10,
  headers: {},
  timeoutMs: 5_000,
  rateLimitPerSecond: null,
  disableAfterSeconds: FIVE_DAYS_S,
  logResponse: 'full',
  retryPolicy: { type: 'fixed', retries: 4, delaySeconds: 90 },
  ordering: 'per_claim',
  payload: 'full',
} as const;

@Injectable()
export class WebhooksService {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly secrets: SigningSecrets,
    private readonly keys: SigningKeys,
  ) {}

  /** @throws Problem 422 */
  async create(caller: Caller, body: CreateWebhook): Promise<WebhookView> {
    return this.dataSource.transaction(async (manager) => {
      await requireCredentialSet(manager, caller, body.credentialSetId);
      const { signing = { type: 'standard_webhooks' }, bindings = [], ...fields } = body;
      const webhook = Object.assign(new Webhook(), DEFAULTS, withoutUndefined(fields), {
        id: newId('whk'),
        tenantId: caller.tenant,
        status: 'active',
        statusReason: null,
        statusSince: new Date(),
      });
      if (signing.type === 'jwt_rs256') await this.keys.ensure(manager, caller);
      const secret = this.secrets.set(webhook, signing);
      await manager.save(webhook);
      await audit(manager, caller, 'webhook.created', webhook.id, { origin: originOf(webhook.url) });
      for (const binding of bindings) await createBinding(manager, caller, webhook.id, binding);
      return toView(webhook, { secret });
    });
  }

  async list(caller: Caller, query: ListWebhooks): Promise<Page<WebhookView>> {
    const builder = this.dataSource.getRepository(Webhook).createQueryBuilder('webhook');
    builder.where('webhook.tenant_id = :tenant', { tenant: caller.tenant });
    if (query.status !== undefined) builder.andWhere('webhook.status = :status', { status: query.status });
    const { data, nextCursor } = await pageById(builder, query, (webhook) => webhook);
    const failing = await failingSince(this.dataSource.manager, data);
    return { data: data.map((webhook) => toView(webhook, { failingSince: failing.get(webhook.id) })), nextCursor };
  }

  async get(caller: Caller, id: string): Promise<WebhookView> {
    return this.view(this.dataSource.manager, await findWebhook(this.dataSource.manager, caller, id));
  }

  /** @throws Problem 404, 422 */
  async update(caller: Caller, id: string, body: UpdateWebhook): Promise<WebhookView> {
    return this.dataSource.transaction(async (manager) => {
      const webhook = await lockWebhook(manager, caller, id);
      requireSecretsForNewOrigin(webhook, body);
      if (body.credentialSetId !== undefined) await requireCredentialSet(manager, caller, body.credentialSetId);
      const { signing, ...fields } = body;
      Object.assign(webhook, withoutUndefined(fields));
      if (signing?.type === 'jwt_rs256') await this.keys.ensure(manager, caller);
      const secret = signing && this.secrets.set(webhook, signing);
      const before = webhook.status;
      const credentialsChanged = body.credentialSetId ?? body.headers ?? signing;
      if (credentialsChanged) move(webhook, 'credentials_changed');
      await manager.save(webhook);
      if (webhook.status !== before) await forgetFailures(manager, [id]);
      await audit(manager, caller, 'webhook.updated', id, { fields: Object.keys(body) });
      await wakeSender(manager, id);
      await writeHubNotices(manager, recovery(webhook, before));
      return this.view(manager, webhook, secret);
    });
  }

  async remove(caller: Caller, id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const webhook = await lockWebhook(manager, caller, id);
      await manager.remove(webhook);
      await audit(manager, caller, 'webhook.deleted', id);
    });
  }

  /** @throws Problem 404, 409 */
  async act(caller: Caller, id: string, action: WebhookAction): Promise<WebhookView> {
    return this.dataSource.transaction(async (manager) => {
      const webhook = await lockWebhook(manager, caller, id);
      const before = webhook.status;
      move(webhook, action);
      await manager.save(webhook);
      if (webhook.status !== before) await forgetFailures(manager, [id]);
      await audit(manager, caller, `webhook.${action}`, id);
      await wakeSender(manager, id);
      await writeHubNotices(manager, recovery(webhook, before));
      return this.view(manager, webhook);
    });
  }

  async rotateSecret(caller: Caller, id: string, { overlapSeconds, secret }: RotateSecret): Promise<WebhookView> {
    return this.dataSource.transaction(async (manager) => {
      const webhook = await lockWebhook(manager, caller, id);
      const value = this.secrets.rotate(webhook, overlapSeconds, secret);
      await manager.save(webhook);
      await audit(manager, caller, 'webhook.secret_rotated', id, { overlapSeconds });
      return this.view(manager, webhook, secret === undefined ? value : undefined);
    });
  }

  private async view(manager: EntityManager, webhook: Webhook, secret?: string): Promise<WebhookView> {
    const failing = await failingSince(manager, [webhook]);
    return toView(webhook, { secret, failingSince: failing.get(webhook.id) });
  }
}

function move(webhook: Webhook, action: WebhookAction): void {
  const status = nextStatus(webhook.status, action);
  if (status !== webhook.status) Object.assign(webhook, { status, statusReason: null, statusSince: new Date() });
}

async function requireCredentialSet(manager: EntityManager, { tenant }: Caller, id: string): Promise<void> {
  if (await manager.existsBy(CredentialSet, { id, tenantId: tenant })) return;
  throw fieldNotValid('credentialSetId', 'there is no such credential set');
}

/** Else whoever may change a URL could have the old receiver's secrets sent to a host of theirs. */
function requireSecretsForNewOrigin(webhook: Webhook, { url, signing, credentialSetId }: UpdateWebhook): void {
  if (url === undefined || originOf(url) === originOf(webhook.url)) return;
  const missing = Object.entries({ signing, credentialSetId }).filter(([, value]) => value === undefined);
  if (missing.length === 0) return;
  throw notValid(
    missing.map(([path]) => ({ path, message: 'must be stated anew, because the origin of url changes' })),
  );
}

function withoutUndefined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}

async function failingSince(manager: EntityManager, webhooks: readonly Webhook[]): Promise<Map<string, Date>> {
  const rows: { id: string; since: Date }[] = await manager.query(
    `select webhook_id as id, failing_since as since from webhook_health
     where webhook_id = any ($1) and failing_since is not null`,
    [webhooks.map(({ id }) => id)],
  );
  return new Map(rows.map(({ id, since }) => [id, since]));
}

function toView(webhook: Webhook, { secret, failingSince }: { secret?: string; failingSince?: Date }): WebhookView {
  const { signing } = webhook;
  return {
    id: webhook.id,
    name: webhook.name,
    method: webhook.method,
    url: webhook.url,
    credentialSetId: webhook.credentialSetId,
    concurrency: webhook.concurrency,
    headers: webhook.headers,
    timeoutMs: webhook.timeoutMs,
    rateLimitPerSecond: webhook.rateLimitPerSecond,
    disableAfterSeconds: webhook.disableAfterSeconds,
    logResponse: webhook.logResponse,
    retryPolicy: webhook.retryPolicy,
    ordering: webhook.ordering,
    signing: secret === undefined ? signing : { ...signing, secret },
    payload: webhook.payload,
    status: webhook.status,
    statusReason: webhook.statusReason,
    statusSince: webhook.statusSince.toISOString(),
    failingSince: failingSince?.toISOString() ?? null,
    createdAt: webhook.createdAt.toISOString(),
    updatedAt: webhook.updatedAt.toISOString(),
  };
}
