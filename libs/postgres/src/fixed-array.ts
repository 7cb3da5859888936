import { countNulls, NULL_LENGTH, writeArrayHeader } from './array-header.js';

/** A type whose values all take the same number of bytes. */
interface FixedType<T> {
  /** PostgreSQL's OID of the element's type. */
  oid: number;
  bytes: number;
  write(bytes: Buffer, value: T, at: number): void;
}

const MILLIS_IN_MICROS = 1_000;
/** PostgreSQL counts microseconds from here. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
/** Where the fourth to sixth fraction digits of "2026-01-01T00:00:00.000000Z" stand. */
const MICROS_AT = '2026-01-01T00:00:00.000'.length;
const INT32_VALUES = 2 ** 32;
const INT32_BYTES = 4;

/** As pg's text form, but without printing and parsing: see `textArray`. */
function fixedArray<T>(type: FixedType<T>, values: readonly (T | null)[]): Buffer {
  const { oid, bytes: size } = type;
  const nulls = countNulls(values);
  const elementBytes = (values.length - nulls) * size;
  const { bytes, at } = writeArrayHeader({ oid, count: values.length, nulls, elementBytes });
  let next = at;
  for (const value of values) {
    next = bytes.writeInt32BE(value === null ? NULL_LENGTH : size, next);
    if (value === null) continue;
    type.write(bytes, value, next);
    next += size;
  }
  return bytes;
}

/** Microseconds since 2000; exact also for years where a double is not. */
function writeTimestamp(bytes: Buffer, time: string, at: number): void {
  const millis = Date.parse(time) - EPOCH_MS;
  const digits = time.slice(MICROS_AT, -1);
  const micros = millis * MILLIS_IN_MICROS + Number(digits);
  if (!Number.isSafeInteger(micros)) {
    bytes.writeBigInt64BE(BigInt(millis) * BigInt(MILLIS_IN_MICROS) + BigInt(digits), at);
    return;
  }
  writeInt64(bytes, micros, at);
}

/** @param value an integer that a double has exactly */
function writeInt64(bytes: Buffer, value: number, at: number): void {
  const high = Math.floor(value / INT32_VALUES);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * INT32_VALUES, at + INT32_BYTES);
}

const writeInstant = (bytes: Buffer, millis: number, at: number): void =>
  writeInt64(bytes, (millis - EPOCH_MS) * MILLIS_IN_MICROS, at);

const INT4: FixedType<number> = { oid: 23, bytes: 4, write: (bytes, value, at) => bytes.writeInt32BE(value, at) };
const INT8: FixedType<bigint> = { oid: 20, bytes: 8, write: (bytes, value, at) => bytes.writeBigInt64BE(value, at) };
const BOOL: FixedType<boolean> = { oid: 16, bytes: 1, write: (bytes, value, at) => bytes.writeInt8(value ? 1 : 0, at) };
const FLOAT8: FixedType<number> = { oid: 701, bytes: 8, write: (bytes, value, at) => bytes.writeDoubleBE(value, at) };
const TIMESTAMPTZ: FixedType<string> = { oid: 1184, bytes: 8, write: writeTimestamp };
const INSTANT: FixedType<number> = { oid: 1184, bytes: 8, write: writeInstant };

/** An `int[]` parameter. */
export const intArray = (values: readonly (number | null)[]): Buffer => fixedArray(INT4, values);
/** A `bigint[]` parameter. */
export const bigintArray = (values: readonly bigint[]): Buffer => fixedArray(INT8, values);
/** A `boolean[]` parameter. */
export const booleanArray = (values: readonly boolean[]): Buffer => fixedArray(BOOL, values);
/** A `float8[]` parameter. */
export const floatArray = (values: readonly (number | null)[]): Buffer => fixedArray(FLOAT8, values);
/** A `timestamptz[]` parameter, from ISO 8601 in UTC with three or six fraction digits (contracts: Timestamp). */
export const timestampArray = (values: readonly string[]): Buffer => fixedArray(TIMESTAMPTZ, values);
/** A `timestamptz[]` parameter, from whole milliseconds since 1970. */
export const instantArray = (values: readonly (number | null)[]): Buffer => fixedArray(INSTANT, values);
