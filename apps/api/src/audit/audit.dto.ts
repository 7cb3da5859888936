import { Instant, Json, Text } from '../http/fields.js';

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
