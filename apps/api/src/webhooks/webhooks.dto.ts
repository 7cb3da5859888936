import { ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import {
  type LoggedResponse,
  WEBHOOK_STATUSES,
  type WebhookMethod,
  type WebhookOrdering,
  type WebhookPayload,
  type WebhookStatus,
} from '@claimwire/postgres/schema';
import { ValidateBy } from 'class-validator';
import { IfStated, Instant, Json, NestedList, OneWord, Secret, Text, Variant, Whole } from '../http/fields.js';
import { headerProblem } from '../http/header-rules.js';
import { HttpUrl } from '../http/http-url.js';
import { PageQuery } from '../http/page.js';
import { CreateBinding } from './bindings.dto.js';
import { RETRY_POLICIES, type RetryPolicyDto } from './retry-policy.dto.js';
import { SIGNINGS, type SigningDto } from './signing.dto.js';

const METHODS = ['POST', 'PUT', 'GET', 'PATCH', 'DELETE'] as const;
const ORDERINGS = ['per_claim', 'unordered', 'latest_only'] as const;
const PAYLOADS = ['full', 'status_only'] as const;
const LOGGED = ['full', 'headers', 'none'] as const;
const MAX_HEADERS = 20;
export const FIVE_DAYS_S = 5 * 24 * 60 * 60;
const YEAR_S = 365 * 24 * 60 * 60;
const THIRTY_DAYS_S = 30 * 24 * 60 * 60;

function headersProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object of header values';
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length > MAX_HEADERS) return `must have at most ${MAX_HEADERS} headers`;
  for (const [name, content] of entries) {
    const problem = headerProblem(name, content);
    // a name that is none may be anything, so it is not repeated
    if (problem) return /^[\w-]{1,100}$/.test(name) ? `: ${name} ${problem}` : `has a name that ${problem}`;
  }
  return null;
}

export class CreateWebhook {
  @Text({ max: 200 })
  name!: string;

  @OneWord(METHODS, { optional: true, default: 'POST', description: 'GET and DELETE carry no body.' })
  method?: WebhookMethod;

  @HttpUrl({ description: 'A change of its origin needs `signing` and `credentialSetId` stated anew.' })
  url!: string;

  @Text({ max: 100 })
  credentialSetId!: string;

  @Whole({
    min: 1,
    max: 1_000,
    optional: true,
    default: 10,
    description: 'Most requests in flight, all replicas together.',
  })
  concurrency?: number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Own headers. Not Host, hop-by-hop ones, `webhook-*`, `ce-*` or `claimwire-*`.',
  })
  @IfStated()
  @ValidateBy({
    name: 'headers',
    validator: {
      validate: (value: unknown) => headersProblem(value) === null,
      defaultMessage: (args) => `headers ${headersProblem(args?.value)}`,
    },
  })
  headers?: Record<string, string>;

  @Whole({ min: 100, max: 60_000, optional: true, default: 5_000 })
  timeoutMs?: number;

  @Whole({
    min: 1,
    max: 10_000,
    optional: true,
    nullable: true,
    default: null,
    description:
      'Most requests that start in any second, all replicas together; null = as many as the concurrency lets through.',
  })
  rateLimitPerSecond?: number | null;

  @Whole({
    min: 1,
    max: YEAR_S,
    optional: true,
    nullable: true,
    default: FIVE_DAYS_S,
    description:
      'Seconds of nothing but failures after which it is disabled, never after a number of them; null = never.',
  })
  disableAfterSeconds?: number | null;

  @OneWord(LOGGED, {
    optional: true,
    default: 'full',
    description:
      'What the log keeps of answers, which may hold health data: headers and 2 kB of the body, headers only, nothing.',
  })
  logResponse?: LoggedResponse;

  @Variant(RETRY_POLICIES, { optional: true, default: { type: 'fixed', retries: 4, delaySeconds: 90 } })
  retryPolicy?: RetryPolicyDto;

  @OneWord(ORDERINGS, { optional: true, default: 'per_claim' })
  ordering?: WebhookOrdering;

  @Variant(SIGNINGS, { optional: true, default: { type: 'standard_webhooks' } })
  signing?: SigningDto;

  @OneWord(PAYLOADS, { optional: true, default: 'full' })
  payload?: WebhookPayload;

  @NestedList(() => CreateBinding, { optional: true, description: 'Made with the webhook, in one step.' })
  bindings?: CreateBinding[];
}

export class UpdateWebhook extends PartialType(OmitType(CreateWebhook, ['bindings']), { skipNullProperties: false }) {}

export class ListWebhooks extends PageQuery {
  @OneWord(WEBHOOK_STATUSES, { optional: true })
  status?: WebhookStatus;
}

export class RotateSecret {
  @Whole({
    min: 0,
    max: THIRTY_DAYS_S,
    optional: true,
    default: 86_400,
    description: 'How long, in seconds, deliveries are signed with the old secret too.',
  })
  overlapSeconds: number = 86_400;

  @Secret({ optional: true, min: 16, max: 1_000, description: 'Only for hmac_sha256; generated where it is left out.' })
  secret?: string;
}

export class WebhookView {
  @Text()
  id!: string;

  @Text()
  name!: string;

  @OneWord(METHODS)
  method!: WebhookMethod;

  @Text()
  url!: string;

  @Text()
  credentialSetId!: string;

  @Whole({ min: 1, max: 1_000 })
  concurrency!: number;

  @Json()
  headers!: Record<string, string>;

  @Whole({ min: 100, max: 60_000 })
  timeoutMs!: number;

  @Whole({ min: 1, max: 10_000, nullable: true })
  rateLimitPerSecond!: number | null;

  @Whole({ min: 1, max: YEAR_S, nullable: true })
  disableAfterSeconds!: number | null;

  @OneWord(LOGGED)
  logResponse!: LoggedResponse;

  @Json()
  retryPolicy!: object;

  @OneWord(ORDERINGS)
  ordering!: WebhookOrdering;

  @Json({ description: 'With `secret` only in the answer that generated it.' })
  signing!: object;

  @OneWord(PAYLOADS)
  payload!: WebhookPayload;

  @OneWord(WEBHOOK_STATUSES)
  status!: WebhookStatus;

  @Text({ nullable: true })
  statusReason!: string | null;

  @Instant()
  statusSince!: string;

  @Instant({ nullable: true, description: 'First failed try since the last one that was answered; null = it is well.' })
  failingSince!: string | null;

  @Instant()
  createdAt!: string;

  @Instant()
  updatedAt!: string;
}
