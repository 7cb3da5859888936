import { countNulls, LENGTH_BYTES, NULL_LENGTH, writeArrayHeader } from './array-header.js';

/** PostgreSQL's OID of `text`. */
const TEXT = 25;

/**
 * A `text[]` parameter in PostgreSQL's binary form: pg sends a Buffer as it is. Its own text form escapes every quote of
 * a JSON document, here and back again in the server, which was a tenth of the normaliser's CPU time.
 */
export function textArray(values: readonly (string | null)[]): Buffer {
  let elementBytes = 0;
  for (const value of values) if (value !== null) elementBytes += Buffer.byteLength(value);
  const shape = { oid: TEXT, count: values.length, nulls: countNulls(values), elementBytes };
  const { bytes, at } = writeArrayHeader(shape);
  let next = at;
  for (const value of values) {
    const length = value === null ? 0 : bytes.write(value, next + LENGTH_BYTES);
    bytes.writeInt32BE(value === null ? NULL_LENGTH : length, next);
    next += LENGTH_BYTES + length;
  }
  return bytes;
}
