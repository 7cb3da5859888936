import { createRequire } from 'node:module';

type Bytes = Buffer | string | null | undefined;

/** A record as kafkajs hands it to its encoder. */
export interface EncodableRecord {
  offsetDelta: number;
  /** ms */
  timestampDelta: number;
  key: Bytes;
  value: Bytes;
  headers?: Readonly<Record<string, Buffer | string>>;
}

/** What kafkajs reads of an encoder of its own. */
export interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

const MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
const ATTRIBUTES = 0;
const ABSENT = -1;
const MORE = 0x80;
const SEVEN_BITS = 0x7f;

const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;

function sizeOfVarInt(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > SEVEN_BITS; rest >>>= 7) size += 1;
  return size;
}

function writeVarInt(bytes: Buffer, value: number, at: number): number {
  let rest = zigzag(value);
  for (; rest > SEVEN_BITS; rest >>>= 7) bytes[at++] = (rest & SEVEN_BITS) | MORE;
  bytes[at++] = rest;
  return at;
}

const lengthOf = (field: Bytes): number =>
  typeof field === 'string' ? Buffer.byteLength(field) : (field?.length ?? ABSENT);

function writeField(bytes: Buffer, field: Bytes, length: number, at: number): number {
  const start = writeVarInt(bytes, length, at);
  if (typeof field === 'string') bytes.write(field, start);
  else field?.copy(bytes, start);
  return start + Math.max(length, 0);
}

/** A record of a batch by the Kafka protocol (magic 2), in one buffer of the right size. */
export function encodeRecord({ offsetDelta, timestampDelta, key, value, headers = {} }: EncodableRecord): Encoded {
  const fields: Bytes[] = [key, value];
  for (const name in headers) fields.push(name, headers[name]);
  const lengths = fields.map(lengthOf);
  const headerCount = (fields.length - 2) / 2;
  let size = 1 + sizeOfVarInt(timestampDelta) + sizeOfVarInt(offsetDelta) + sizeOfVarInt(headerCount);
  for (const length of lengths) size += sizeOfVarInt(length) + Math.max(length, 0);
  const bytes = Buffer.allocUnsafe(sizeOfVarInt(size) + size);
  let at = writeVarInt(bytes, size, 0);
  bytes[at++] = ATTRIBUTES;
  at = writeVarInt(bytes, timestampDelta, at);
  at = writeVarInt(bytes, offsetDelta, at);
  for (const [index, field] of fields.entries()) {
    if (index === 2) at = writeVarInt(bytes, headerCount, at);
    at = writeField(bytes, field, lengths[index] as number, at);
  }
  if (fields.length === 2) writeVarInt(bytes, headerCount, at);
  return { buf: bytes, buffer: bytes };
}

/**
 * Puts `encodeRecord` in the place of kafkajs' own, which allocates and zeroes 512 bytes for each header of each record:
 * an eighth of the normaliser's CPU time. kafkajs loads the module with its first Produce request, so that it gets ours.
 */
export function encodeRecordsInOneBuffer(): void {
  const load = createRequire(import.meta.url);
  load(MODULE);
  const module = load.cache[load.resolve(MODULE)];
  if (module) module.exports = encodeRecord;
}
