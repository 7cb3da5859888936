import { ApiKey } from './api-key.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { Binding } from './binding.entity.js';
import { Claim } from './claim.entity.js';
import { ConnectionToken } from './connection-token.entity.js';
import { Connection } from './connection.entity.js';
import { CredentialSet } from './credential-set.entity.js';
import { DeliveryAttempt } from './delivery-attempt.entity.js';
import { Delivery } from './delivery.entity.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { QuarantineItem } from './quarantine-item.entity.js';
import { Replay } from './replay.entity.js';
import { Tenant } from './tenant.entity.js';
import { Webhook } from './webhook.entity.js';

export * from './api-key.entity.js';
export * from './audit-entry.entity.js';
export * from './binding.entity.js';
export * from './claim.entity.js';
export * from './connection-token.entity.js';
export * from './connection.entity.js';
export * from './credential-set.entity.js';
export * from './delivery-attempt.entity.js';
export * from './delivery.entity.js';
export * from './idempotency-key.entity.js';
export * from './quarantine-item.entity.js';
export * from './replay.entity.js';
export * from './tenant.entity.js';
export * from './webhook.entity.js';

/** Every entity, for the data source. They mirror the migrations, which alone make the schema. */
export const ENTITIES = [
  ApiKey,
  AuditEntry,
  Binding,
  Claim,
  ConnectionToken,
  Connection,
  CredentialSet,
  DeliveryAttempt,
  Delivery,
  IdempotencyKey,
  QuarantineItem,
  Replay,
  Tenant,
  Webhook,
];
