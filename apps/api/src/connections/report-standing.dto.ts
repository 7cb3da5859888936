import { Instant, Nested, OneWord, Text, Whole } from '../http/fields.js';

const STATES = ['running', 'paused'] as const;

export class BackfillView {
  @Instant({ nullable: true, description: 'Everything that was processed until then has been looked at.' })
  cursor!: string | null;

  @Instant({ nullable: true, description: 'When Stedi last answered a poll.' })
  lastPolledAt!: string | null;

  @Text({ nullable: true, description: 'Why the polls since then failed; it goes on by itself.' })
  failure!: string | null;

  @Instant({ nullable: true, description: 'When the last one failed.' })
  failedAt!: string | null;

  @Whole({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'Transactions whose webhook never came.' })
  missed!: number;

  @Instant({ nullable: true, description: 'When the last of them was found.' })
  lastMissedAt!: string | null;
}

/** How the reports that a Stedi connection's webhooks announce are fetched. */
export class ReportStandingView {
  @OneWord(STATES, { description: 'paused: Stedi refuses the API key, so that nothing is fetched.' })
  state!: (typeof STATES)[number];

  @Text({ nullable: true, description: 'Why it is paused.', example: 'report_forbidden' })
  reason!: string | null;

  @Instant({ nullable: true, description: 'Since when it is paused.' })
  since!: string | null;

  @Text({ nullable: true, description: 'What lets it run again.' })
  remedy!: string | null;

  @Whole({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'Transactions whose report is not there yet.' })
  waiting!: number;

  @Instant({ nullable: true, description: 'When the first of them was announced.' })
  oldestWaitingSince!: string | null;

  @Nested(() => BackfillView, { nullable: true, description: 'null without `settings.reports.coreBaseUrl`.' })
  backfill!: BackfillView | null;
}
