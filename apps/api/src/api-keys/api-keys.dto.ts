import { Instant, OneWord, Text } from '../http/fields.js';

const TENANT_SCOPES = ['viewer', 'operator', 'owner'] as const;
export const SCOPES = [...TENANT_SCOPES, 'platform-admin'] as const;

export class CreateApiKey {
  @Text({ max: 200 })
  name!: string;

  @OneWord(SCOPES, { description: '`platform-admin` only by a platform-admin; such a key belongs to no tenant.' })
  scope!: (typeof SCOPES)[number];

  @Instant({ optional: true, description: 'Default: one year from now.' })
  expiresAt?: string;
}

export class ApiKeyView {
  @Text()
  id!: string;

  @Text()
  name!: string;

  @OneWord(SCOPES)
  scope!: (typeof SCOPES)[number];

  @Instant({ nullable: true })
  expiresAt!: string | null;

  @Instant({ nullable: true })
  revokedAt!: string | null;

  @Instant()
  createdAt!: string;
}

export class NewApiKeyView extends ApiKeyView {
  @Text({ description: 'The key itself, only in this answer.', example: 'cw_live_…' })
  apiKey!: string;
}
