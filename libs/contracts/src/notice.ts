import type { Timestamp } from './claim-event.js';

export const NOTICE_TYPES = [
  'file.delivered',
  'file.failed',
  'crawl.completed',
  'webhook.deauthorized',
  'webhook.disabled',
  'webhook.recovered',
  'delivery.exhausted',
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Value of `claims.notices.v1`: a canonical fact that is about no claim. */
export interface Notice {
  id: string;
  type: NoticeType;
  tenant: string;
  /** What it is about: a file execution id, a policy holder id, a webhook id. */
  entity: string;
  occurredAt: Timestamp;
  receivedAt: Timestamp;
  data: Record<string, unknown>;
}
