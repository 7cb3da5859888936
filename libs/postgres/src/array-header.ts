const EMPTY_BYTES = 12;
const HEADER_BYTES = 20;

/** A buffer for an array of one dimension without nulls, in PostgreSQL's binary form; `at` is where its elements begin. */
export function writeArrayHeader(oid: number, count: number, elementBytes: number): { bytes: Buffer; at: number } {
  const bytes = Buffer.allocUnsafe(count === 0 ? EMPTY_BYTES : HEADER_BYTES + elementBytes);
  let at = bytes.writeInt32BE(count === 0 ? 0 : 1);
  // No nulls.
  at = bytes.writeInt32BE(0, at);
  at = bytes.writeInt32BE(oid, at);
  if (count === 0) return { bytes, at };
  at = bytes.writeInt32BE(count, at);
  // The lower bound: SQL counts from 1.
  return { bytes, at: bytes.writeInt32BE(1, at) };
}
