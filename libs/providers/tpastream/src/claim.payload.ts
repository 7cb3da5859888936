import type { ClaimLine, DateRange, DecimalString, Payment, Timestamp } from '@claimwire/contracts';
import {
  headParser,
  readCode,
  readDate,
  readDateRange,
  readDecimal,
  readIdentifier,
  readList,
  readObject,
  readText,
  readTimestamp,
  type JsonObject,
} from '@claimwire/provider-kit';

/** What the ingress needs of a body: claims with many lines are long. */
export interface TpaClaimHead {
  id: string;
  occurredAt: Timestamp;
  modifiedAt: Timestamp | null;
}

/** Body of the claim webhook, as far as the hub uses it: nothing of members, dependents or the policy holder. */
export interface TpaClaim extends TpaClaimHead {
  vendorSystemId: string | null;
  status: string | null;
  billed: DecimalString | null;
  allowed: DecimalString | null;
  paid: DecimalString | null;
  patientResponsibility: DecimalString | null;
  payment: Payment | null;
  serviceDates: DateRange | null;
  lines: ClaimLine[];
}

/** `computed_<name>` is their estimate and stands in for an amount that the carrier left out. */
const readAmount = (node: JsonObject, name: string): DecimalString | null =>
  readDecimal(node[name]) ?? readDecimal(node[`computed_${name}`]);

function readPayment(data: JsonObject): Payment | null {
  const trace = readIdentifier(data.check_number);
  const date = readDate(data.check_date);
  return trace === null && date === null ? null : { trace, date, method: 'check' };
}

/** "87254 - VIRUS INOCULATION …" → "87254": what follows the code is free text. */
const readProcedureCode = (value: unknown): string | null => readText(value)?.split(/\s/)[0]?.slice(0, 20) ?? null;

function readLine(value: unknown): ClaimLine {
  const line = readObject(value);
  return {
    id: readIdentifier(line.claim_medical_line_id) ?? readIdentifier(line.vendor_system_id),
    procedure: readProcedureCode(line.procedure_code),
    billed: readAmount(line, 'amount_billed'),
    approved: null,
    paid: readAmount(line, 'amount_paid'),
    status: null,
    reasons: [],
    serviceDates: readDateRange(line.date_of_service),
  };
}

/** A body as far as `readTpaClaimHead` looks at it. */
export const parseTpaClaimHead = headParser({
  data: { id: true, claim_medical_id: true, modifieddate: true, last_updated_status: true },
});

/** @returns a constant reason code where there is nothing to work with */
export function readTpaClaimHead(body: JsonObject): TpaClaimHead | string {
  const data = readObject(body.data);
  const id = readIdentifier(data.id) ?? readIdentifier(data.claim_medical_id);
  if (id === null) return 'claim_id_missing';
  const modifiedAt = readTimestamp(data.modifieddate);
  const occurredAt = readTimestamp(data.last_updated_status) ?? modifiedAt;
  return occurredAt === null ? 'event_time_missing' : { id, occurredAt, modifiedAt };
}

/** @returns a constant reason code where there is nothing to work with */
export function readTpaClaim(body: JsonObject): TpaClaim | string {
  const head = readTpaClaimHead(body);
  if (typeof head === 'string') return head;
  const data = readObject(body.data);
  return {
    ...head,
    vendorSystemId: readIdentifier(data.vendor_system_id),
    status: readCode(data.status),
    billed: readAmount(data, 'amount_billed'),
    allowed: readAmount(data, 'amount_allowed'),
    paid: readAmount(data, 'amount_paid'),
    patientResponsibility: readAmount(data, 'patient_responsibility'),
    payment: readPayment(data),
    serviceDates: readDateRange(data.date_of_service),
    lines: readList(data.claim_medical_lines).map(readLine),
  };
}
