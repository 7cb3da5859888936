const EMPTY_BYTES = 12;
const HEADER_BYTES = 20;
/** Of each element, before it. */
export const LENGTH_BYTES = 4;
/** Stands where an element is null. */
export const NULL_LENGTH = -1;

export interface ArrayShape {
  /** PostgreSQL's OID of the elements' type. */
  oid: number;
  count: number;
  nulls: number;
  /** Of the elements that are not null, without their lengths. */
  elementBytes: number;
}

/** A buffer for an array of one dimension in PostgreSQL's binary form; `at` is where its elements begin. */
export function writeArrayHeader({ oid, count, nulls, elementBytes }: ArrayShape): { bytes: Buffer; at: number } {
  const bytes = Buffer.allocUnsafe(count === 0 ? EMPTY_BYTES : HEADER_BYTES + count * LENGTH_BYTES + elementBytes);
  let at = bytes.writeInt32BE(count === 0 ? 0 : 1);
  at = bytes.writeInt32BE(nulls === 0 ? 0 : 1, at);
  at = bytes.writeInt32BE(oid, at);
  if (count === 0) return { bytes, at };
  at = bytes.writeInt32BE(count, at);
  // The lower bound: SQL counts from 1.
  return { bytes, at: bytes.writeInt32BE(1, at) };
}

export function countNulls(values: readonly unknown[]): number {
  let nulls = 0;
  for (const value of values) if (value === null) nulls += 1;
  return nulls;
}
