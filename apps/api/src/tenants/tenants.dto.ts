import { Instant, Nested, Text, YesNo } from '../http/fields.js';

export class TenantSettings {
  @YesNo({ optional: true, description: "Keep a provider's free text as `reasons[].text`. Off by default." })
  freeText?: boolean;
}

export class CreateTenant {
  @Text({
    max: 63,
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    hint: 'letters, digits, "_" or "-", the first a letter or digit',
    optional: true,
    description: 'Part of every claim key; never changes. Generated where it is left out.',
    example: 'acme',
  })
  id?: string;

  @Text({ max: 200, optional: true, description: 'Default: the id.' })
  name?: string;

  @Nested(() => TenantSettings, { optional: true })
  settings?: TenantSettings;
}

export class UpdateTenant {
  @Text({ max: 200, optional: true })
  name?: string;

  @Nested(() => TenantSettings, { optional: true, description: 'Replaces the settings as a whole.' })
  settings?: TenantSettings;
}

export class TenantView {
  @Text()
  id!: string;

  @Text()
  name!: string;

  @Nested(() => TenantSettings)
  settings!: TenantSettings;

  @Instant()
  createdAt!: string;
}

export class NewTenantView extends TenantView {
  @Text({ description: "An owner's API key, only in this answer.", example: 'cw_live_…' })
  apiKey!: string;
}
