import { Instant, Json, Nested, Secret, Text, Texts, Whole } from '../http/fields.js';
import { HttpUrl } from '../http/http-url.js';
import { PageQuery } from '../http/page.js';
import { ReportStandingView } from './report-standing.dto.js';

const THIRTY_DAYS_S = 30 * 24 * 60 * 60;

/** Stedi only: where the reports of a transaction are fetched. */
export class ReportSettings {
  @HttpUrl({ description: 'Of the report API, for example https://healthcare.us.stedi.com/2024-04-01.' })
  baseUrl!: string;

  @HttpUrl({ optional: true, description: 'Of the core API, for example https://core.us.stedi.com/2023-08-01.' })
  coreBaseUrl?: string;

  @Secret({ optional: true, description: 'Needed, but where a change leaves both origins as they are.' })
  apiKey?: string;
}

export class ConnectionSettingsDto {
  @Text({
    optional: true,
    min: 0,
    max: 64,
    pattern: /^[A-Za-z0-9._-]*$/,
    hint: 'letters, digits, ".", "_" or "-"',
    description: 'Put before claim ids that are local to an account; "" = the id space of the first connection.',
  })
  claimNamespace?: string;

  @Text({ optional: true, nullable: true, pattern: /^[A-Z]{3}$/, hint: 'an ISO 4217 code', example: 'USD' })
  currency?: string | null;

  @Texts({ optional: true, description: 'CAIR organizationId or Stedi account; what names another is quarantined.' })
  expectedAccounts?: string[];

  @Nested(() => ReportSettings, { optional: true })
  reports?: ReportSettings;
}

export class CreateConnection {
  @Text({ max: 64, example: 'cair' })
  provider!: string;

  @Text({ max: 200, optional: true, description: "Default: the provider's name." })
  name?: string;

  @Json({ description: 'How the provider proves itself; `type` names one of its schemes.' })
  auth!: Record<string, unknown>;

  @Nested(() => ConnectionSettingsDto, { optional: true })
  settings?: ConnectionSettingsDto;
}

export class UpdateConnection {
  @Text({ max: 200, optional: true })
  name?: string;

  @Json({ optional: true, description: 'Replaces `auth` as a whole.' })
  auth?: Record<string, unknown>;

  @Nested(() => ConnectionSettingsDto, { optional: true, description: 'Replaces `settings` as a whole.' })
  settings?: ConnectionSettingsDto;
}

export class ListConnections extends PageQuery {
  @Text({ max: 64, optional: true })
  provider?: string;
}

export class RotateToken {
  @Whole({
    min: 0,
    max: THIRTY_DAYS_S,
    optional: true,
    default: 86_400,
    description: 'How long, in seconds, the addresses with the old token keep working.',
  })
  overlapSeconds: number = 86_400;
}

export class ConnectionUrlsView {
  @Text()
  id!: string;

  @Json({
    description: 'Full address of each route, with its token: only an owner sees it.',
    example: { webhook: '…' },
  })
  urls!: Record<string, string>;
}

export class ConnectionView extends ConnectionUrlsView {
  @Text()
  provider!: string;

  @Text()
  name!: string;

  @Json({ description: 'Without secrets.' })
  auth!: Record<string, unknown>;

  @Json({ description: 'Without secrets.' })
  settings!: Record<string, unknown>;

  @Nested(() => ReportStandingView, { nullable: true, description: 'null where no reports are fetched.' })
  reports!: ReportStandingView | null;

  @Instant()
  createdAt!: string;

  @Instant()
  updatedAt!: string;
}
