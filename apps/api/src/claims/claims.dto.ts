import { CLAIM_STATUSES, type Amounts, type ClaimStatus, type Reason } from '@claimwire/contracts';
import { Instant, Json, OneWord, Text, Texts, Whole, YesNo } from '../http/fields.js';
import { MAX_LIMIT, PageQuery } from '../http/page.js';

const MAX_INT = 2 ** 31 - 1;

export class ListClaims extends PageQuery {
  @OneWord(CLAIM_STATUSES, { optional: true })
  status?: ClaimStatus;

  @Text({ max: 64, optional: true })
  provider?: string;

  @Text({ max: 200, optional: true, description: 'Part of the claim key, or the whole of an alias.' })
  q?: string;
}

export class ListHistory extends PageQuery {
  @Whole({ min: 1, max: MAX_LIMIT, optional: true, default: MAX_LIMIT })
  override limit: number = MAX_LIMIT;

  @OneWord(['occurred', 'received'], { optional: true, default: 'occurred' })
  order: 'occurred' | 'received' = 'occurred' as const;
}

export class ClaimView {
  @Text()
  claimKey!: string;

  @Text()
  tenant!: string;

  @Text()
  provider!: string;

  @OneWord(CLAIM_STATUSES)
  status!: ClaimStatus;

  @OneWord(CLAIM_STATUSES, { nullable: true })
  previousStatus!: ClaimStatus | null;

  @Instant()
  statusSince!: string;

  @Whole({ min: 1, max: MAX_INT, description: 'Number of stored events.' })
  version!: number;

  @Whole({ min: 1, max: MAX_INT })
  attempt!: number;

  @Texts()
  flags!: string[];

  @Json({ description: 'Decimal texts, or null.' })
  amounts!: Amounts;

  @Json({ nullable: true })
  payment!: object | null;

  @Json()
  reasons!: Reason[];

  @Json()
  aliases!: object[];

  @Instant()
  firstReceivedAt!: string;

  @Instant()
  lastReceivedAt!: string;
}

export class HistoryView {
  @Text()
  id!: string;

  @Whole({ min: 1, max: MAX_INT })
  version!: number;

  @Instant()
  occurredAt!: string;

  @Instant()
  receivedAt!: string;

  @YesNo({ description: 'It was not the last in order when it arrived.' })
  late!: boolean;

  @OneWord(CLAIM_STATUSES, { description: 'What this webhook reported.' })
  status!: ClaimStatus;

  @Json()
  reasons!: Reason[];

  @Json()
  amounts!: Amounts;

  @Text()
  provider!: string;

  @Text()
  connection!: string;
}

export class EventView {
  @Text()
  id!: string;

  @Text({ description: 'claim.* or a type of notice; the other fields are those of the message.' })
  type!: string;

  @Text()
  tenant!: string;
}
