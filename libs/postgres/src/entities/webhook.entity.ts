import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

export const WEBHOOK_STATUSES = ['active', 'paused', 'deauthorized', 'disabled'] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];
export type WebhookMethod = 'POST' | 'PUT' | 'GET' | 'PATCH' | 'DELETE';
export type WebhookOrdering = 'per_claim' | 'unordered' | 'latest_only';
export type WebhookPayload = 'full' | 'status_only';
export type LoggedResponse = 'full' | 'headers' | 'none';

/** Where *retries* stand, they come after the first try. */
export type RetryPolicy =
  | { type: 'fixed'; retries: number; delaySeconds: number }
  | {
      type: 'exponential';
      initialSeconds: number;
      factor: number;
      maxDelaySeconds: number;
      maxElapsedSeconds: number;
    }
  | { type: 'schedule'; delaysSeconds: number[] };

/** How deliveries are signed; the secrets are sealed apart. */
export type WebhookSigning =
  | { type: 'standard_webhooks' }
  | { type: 'hmac_sha256'; header: string; encoding: 'hex' }
  | { type: 'jwt_rs256'; header: string }
  | { type: 'none' };

/** An outbound destination. */
@Entity('webhooks')
export class Webhook {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  method!: WebhookMethod;

  @Column('text')
  url!: string;

  @Column('text', { name: 'credential_set_id' })
  credentialSetId!: string;

  @Column('int')
  concurrency!: number;

  @Column('jsonb')
  headers!: Record<string, string>;

  @Column('int', { name: 'timeout_ms' })
  timeoutMs!: number;

  @Column('jsonb', { name: 'retry_policy' })
  retryPolicy!: RetryPolicy;

  @Column('text')
  ordering!: WebhookOrdering;

  @Column('jsonb')
  signing!: WebhookSigning;

  /** JSON `{ secrets: [{ value, notAfter? }] }` sealed for (tenant, "webhooks", id, "signing_sealed"). */
  @Column('bytea', { name: 'signing_sealed' })
  signingSealed!: Buffer;

  @Column('text')
  payload!: WebhookPayload;

  /** Most requests that start in any second; null = no limit beside the concurrency. */
  @Column('int', { name: 'rate_limit', nullable: true })
  rateLimitPerSecond!: number | null;

  /** Seconds of failing only after which it is disabled; null = never. */
  @Column('int', { name: 'disable_after_seconds', nullable: true })
  disableAfterSeconds!: number | null;

  /** What the log of attempts keeps of answers. */
  @Column('text', { name: 'log_response' })
  logResponse!: LoggedResponse;

  @Column('text')
  status!: WebhookStatus;

  @Column('text', { name: 'status_reason', nullable: true })
  statusReason!: string | null;

  @Column('timestamptz', { name: 'status_since' })
  statusSince!: Date;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
