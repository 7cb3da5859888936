import type { Pool } from '@claimwire/postgres';
import { startOwnApi, type OwnApi } from './own-api.js';
import type { Answer, TestApi } from './start-test-api.js';

interface DeliveryRow {
  id: string;
  event_id: string;
  state: string;
  replay_id: string;
  attempts: number;
}

/** @returns an instant of the hour in which the tests' events happen */
export const at = (minute: number): string => `2025-03-11T14:${String(minute).padStart(2, '0')}:00.000Z`;

/** A real API over a database of its own, with tenant "acme" and its owner's key, and one webhook at a time. */
export class WebhookBench {
  readonly api: TestApi;
  readonly pool: Pool;
  webhookId = '';

  private constructor(
    private readonly ownApi: OwnApi,
    readonly key: string,
  ) {
    this.api = ownApi.api;
    this.pool = ownApi.pool;
  }

  static async start(): Promise<WebhookBench> {
    const own = await startOwnApi();
    return new WebhookBench(own, await own.api.createTenant('acme'));
  }

  stop(): Promise<void> {
    return this.ownApi.close();
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.api.call('POST', `/v1${path}`, { key: this.key, body });
  }

  get(path: string): Promise<Answer> {
    return this.api.call('GET', `/v1${path}`, { key: this.key });
  }

  /** @returns a path of the webhook */
  own(path: string): string {
    return `/webhooks/${this.webhookId}${path}`;
  }

  /** From here on all is about a webhook that has no deliveries yet. */
  async newWebhook(): Promise<void> {
    const set = await this.post('/credential-sets', { name: 'n', type: 'none' });
    const body = { name: 'w', url: 'https://pms.example', credentialSetId: set.body.id };
    this.webhookId = (await this.post('/webhooks', body)).body.id;
  }

  async deliveries(): Promise<DeliveryRow[]> {
    const sql = 'select * from deliveries where webhook_id = $1 order by id';
    return (await this.pool.query<DeliveryRow>(sql, [this.webhookId])).rows;
  }

  /** A delivery that fan-out has settled after five attempts. @returns its id */
  async addDelivery(
    eventId: string,
    state: string,
    replayId = '',
    settledAt = at(0),
    claimKey = 'acme/cair/1',
  ): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id, state, attempts,
         last_error, settled_at)
       values ('acme', $1, $2, 'claim.updated', $6, 1, $3, $4, 5, 'timeout', $5) returning id`,
      [this.webhookId, eventId, replayId, state, settledAt, claimKey],
    );
    return rows[0]!.id;
  }
}
