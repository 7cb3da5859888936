import type { DecimalString, Timestamp } from '@claimwire/contracts';
import {
  addDecimals,
  headParser,
  multiplyDecimals,
  readCode,
  readDate,
  readDecimal,
  readIdentifier,
  readList,
  readObject,
  readTimestamp,
  type JsonObject,
} from '@claimwire/provider-kit';

/** null = pending, "1" = approved, "0" = rejected, else what was sent; undefined = nothing was. */
export type ApprovalStatus = string | null | undefined;

export interface CuracelItem {
  ref: string | null;
  billed: DecimalString | null;
  approved: DecimalString | null;
  approvalStatus: ApprovalStatus;
}

/** What the ingress needs of a body; all of it would cost each webhook the arithmetic of its items. */
export interface CuracelClaimHead {
  event: string | null;
  id: string;
  vettedAt: Timestamp;
}

/** Body of both claim events, as far as the hub uses it. */
export interface CuracelClaim extends CuracelClaimHead {
  ref: string | null;
  encounterDate: string | null;
  approvalStatus: ApprovalStatus;
  /** As stated; without one, the sum of the items'. */
  billed: DecimalString | null;
  approved: DecimalString | null;
  items: CuracelItem[];
}

/** A number, or a numeric string: one documented example quotes it. */
function readApprovalStatus(value: unknown): ApprovalStatus {
  if (value === null || value === undefined) return value;
  return readCode(value) ?? 'unreadable';
}

/** `total` where it is stated, else unit price times quantity. */
function readSubTotal(item: JsonObject, side: 'billed' | 'approved'): DecimalString | null {
  const total = readDecimal(item[`sub_total_${side}`]);
  const price = readDecimal(item[`unit_price_${side}`]);
  const quantity = readDecimal(item[`qty_${side}`]);
  return total ?? (price !== null && quantity !== null ? multiplyDecimals(price, quantity) : null);
}

function readItem(value: unknown): CuracelItem {
  const item = readObject(value);
  return {
    ref: readIdentifier(item.ref),
    billed: readSubTotal(item, 'billed'),
    approved: readSubTotal(item, 'approved'),
    // The two events name it differently.
    approvalStatus: readApprovalStatus('approval_status' in item ? item.approval_status : item.status),
  };
}

/** Null where one item does not say: a sum without it would make a partial approval look like a full one. */
function sumBilled(items: readonly CuracelItem[]): DecimalString | null {
  const billed = items.map((item) => item.billed);
  return billed.length > 0 && billed.every((amount) => amount !== null) ? addDecimals(...billed) : null;
}

/** A body as far as `readCuracelClaimHead` looks at it. */
export const parseCuracelClaimHead = headParser({ event: true, data: { id: true, vetted_at: true } });

/** @returns a constant reason code where there is nothing to work with */
export function readCuracelClaimHead(body: JsonObject): CuracelClaimHead | string {
  const data = readObject(body.data);
  const id = readIdentifier(data.id);
  if (id === null) return 'claim_id_missing';
  const vettedAt = readTimestamp(data.vetted_at);
  return vettedAt === null ? 'event_time_missing' : { event: readCode(body.event), id, vettedAt };
}

/** @returns a constant reason code where there is nothing to work with */
export function readCuracelClaim(body: JsonObject): CuracelClaim | string {
  const head = readCuracelClaimHead(body);
  if (typeof head === 'string') return head;
  const data = readObject(body.data);
  const items = readList(data.items).map(readItem);
  return {
    ...head,
    ref: readIdentifier(data.ref),
    encounterDate: readDate(data.encounter_date),
    approvalStatus: readApprovalStatus(data.approval_status),
    billed: readDecimal(data.billed_amount) ?? sumBilled(items),
    approved: readDecimal(data.approved_amount),
    items,
  };
}
