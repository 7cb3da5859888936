/** PostgreSQL's OID of `text`. */
const TEXT = 25;
const DIMENSIONS_BYTES = 12;
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;

/**
 * A `text[]` parameter in PostgreSQL's binary form: pg sends a Buffer as it is. Its own text form escapes every quote of
 * a JSON document, here and back again in the server, which was a tenth of the normaliser's CPU time.
 */
export function textArray(values: readonly string[]): Buffer {
  const lengths = values.map((value) => Buffer.byteLength(value));
  const size = lengths.reduce((sum, length) => sum + LENGTH_BYTES + length, HEADER_BYTES);
  const bytes = Buffer.allocUnsafe(values.length === 0 ? DIMENSIONS_BYTES : size);
  let at = bytes.writeInt32BE(values.length === 0 ? 0 : 1);
  // No nulls.
  at = bytes.writeInt32BE(0, at);
  at = bytes.writeInt32BE(TEXT, at);
  if (values.length === 0) return bytes;
  at = bytes.writeInt32BE(values.length, at);
  // The lower bound: SQL counts from 1.
  at = bytes.writeInt32BE(1, at);
  for (const [index, value] of values.entries()) {
    at = bytes.writeInt32BE(lengths[index] as number, at);
    at += bytes.write(value, at);
  }
  return bytes;
}
