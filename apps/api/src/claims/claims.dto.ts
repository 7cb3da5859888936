import {
  CLAIM_EVENT_TYPES,
  CLAIM_STATUSES,
  type ClaimEventType,
  type Amounts,
  type ClaimStatus,
  type Reason,
} from '@claimwire/contracts';
import { Instant, Json, NestedList, OneWord, Text, Texts, Whole, YesNo } from '../http/fields.js';
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

/** Checked by pointInTime: what is wrong is answered with 400, as every parameter of a query. */
const AsOf = () =>
  Text({
    max: 40,
    optional: true,
    example: '2025-03-11T14:35:00Z',
    description: 'What was known then: only events received until this time count (ISO 8601; UTC without an offset).',
  });

export class ReadClaim {
  @AsOf()
  asOf?: string;
}

export class ListHistory extends PageQuery {
  @Whole({ min: 1, max: MAX_LIMIT, optional: true, default: MAX_LIMIT })
  override limit: number = MAX_LIMIT;

  @OneWord(['occurred', 'received'], { optional: true, default: 'occurred' })
  order: 'occurred' | 'received' = 'occurred' as const;

  @AsOf()
  asOf?: string;
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

export class ChangeView {
  @Text({ description: 'As in the state and the message, amounts as "amounts.paid".' })
  field!: string;

  @Json({ nullable: true, description: 'Any JSON value.' })
  from!: unknown;

  @Json({ nullable: true, description: 'Any JSON value.' })
  to!: unknown;
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

  @OneWord(CLAIM_EVENT_TYPES, { description: 'What storing it did to the claim.' })
  type!: ClaimEventType;

  @Whole({
    min: 1,
    max: MAX_INT,
    description: 'Place in the order of events; `version` is that in the order of arrival.',
  })
  occurrence!: number;

  @NestedList(() => ChangeView, { min: 0, description: 'Fields of the claim that storing the event changed.' })
  changed!: ChangeView[];
}

export class EventView {
  @Text()
  id!: string;

  @Text({ description: 'claim.* or a type of notice; the other fields are those of the message.' })
  type!: string;

  @Text()
  tenant!: string;
}
