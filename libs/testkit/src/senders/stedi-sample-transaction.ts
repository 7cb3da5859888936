/**
 * A transaction whose id says what its report holds: one claim with one status. Whoever sends the event and whoever
 * answers the report then need nothing in common but the id. Real ids are UUIDs, so none is taken for such a one.
 */
export interface SampleTransaction {
  kind: '277' | '835';
  /** 277: a status category such as "A7"; 835: CLP02 such as "1". */
  status: string;
  /** To the millisecond. */
  processedAt: Date;
  /** 1 to 38 letters, digits, "_" and "-" (X12's CLM01 holds 38 characters). */
  patientControlNumber: string;
}

const FORM = /^sample-(?:(277)-([A-Z][0-9A-Z]{0,2})|(835)-(\d{1,2}))-([0-9a-z]{1,9})-([A-Za-z0-9_-]{1,38})$/;
const TIME_RADIX = 36;

/** @throws RangeError where the sample does not fit into an id */
export function sampleTransactionId({ kind, status, processedAt, patientControlNumber }: SampleTransaction): string {
  const id = `sample-${kind}-${status}-${processedAt.getTime().toString(TIME_RADIX)}-${patientControlNumber}`;
  if (!readSampleTransactionId(id)) throw new RangeError('no sample transaction has such a status, time or claim id');
  return id;
}

/** @returns null for any other id */
export function readSampleTransactionId(id: string): SampleTransaction | null {
  const [, acknowledged, category, remitted, code, time = '', patientControlNumber = ''] = FORM.exec(id) ?? [];
  const kind = acknowledged ?? remitted;
  if (kind !== '277' && kind !== '835') return null;
  const processedAt = new Date(Number.parseInt(time, TIME_RADIX));
  return { kind, status: category ?? code ?? '', processedAt, patientControlNumber };
}
