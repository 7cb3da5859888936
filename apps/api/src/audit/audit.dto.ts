import { IntersectionType } from '@nestjs/swagger';
import { Instant, Json, Text } from '../http/fields.js';
import { PageQuery } from '../http/page.js';

/** All that are stated must hold. */
export class AuditFilter {
  @Instant({ optional: true, description: 'Written then or later.' })
  since?: string;

  @Instant({ optional: true, description: 'Written before.' })
  until?: string;

  @Text({ max: 100, optional: true, example: 'claim.read' })
  action?: string;

  @Text({ max: 200, optional: true })
  actor?: string;

  @Text({ max: 200, optional: true })
  target?: string;

  @Text({ optional: true, description: 'A claim key: entries about this claim, which hold no name of it.' })
  claim?: string;
}

export class ListAudit extends IntersectionType(PageQuery, AuditFilter) {}

export class AuditEntryView {
  @Text()
  id!: string;

  @Instant()
  at!: string;

  @Text({ description: 'Id of the API key, "oidc:<subject>", or "system".' })
  actor!: string;

  @Text({ example: 'webhook.created' })
  action!: string;

  @Text({ nullable: true })
  target!: string | null;

  @Json()
  detail!: Record<string, unknown>;
}
