import { createRequire } from 'node:module';

/** What kafkajs knows of a batch while it decodes its records. */
export interface BatchContext {
  /** int64 as text, like `firstTimestamp` and `maxTimestamp` (ms). */
  firstOffset: string;
  firstTimestamp: string;
  maxTimestamp?: string;
  magicByte?: number;
  isControlBatch?: boolean;
  /** 0 = set by the producer, 1 = by the broker. */
  timestampType?: number;
}

type HeaderValue = Buffer | string | null;

/** A record as kafkajs hands it on. */
export interface DecodedRecord {
  magicByte: number | undefined;
  attributes: number;
  timestamp: string;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  /** A value of ASCII characters is text already. */
  headers: Record<string, HeaderValue | HeaderValue[]>;
  isControlRecord: boolean;
  batchContext: BatchContext;
}

const MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/decoder.js';
const LOG_APPEND_TIME = 1;
const MORE = 0x80;
const SEVEN_BITS = 0x7f;
const LAST_ASCII = 0x7f;
const SEVEN_BIT_STEP = 128;
const ORDINARY = { configurable: true, enumerable: true, writable: true };

/** Reads one record after another; never two at a time. */
class RecordReader {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  /** Header names of the record before: producers write the same ones in the same order. */
  private names: string[] = [];

  begin(bytes: Buffer): void {
    this.bytes = bytes;
    this.at = 0;
  }

  int8(): number {
    return this.bytes.readInt8(this.at++);
  }

  /** Up to 2^53: times and lengths are far below. */
  varInt(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('a record ends within a number');
      value += (byte & SEVEN_BITS) * unit;
      if ((byte & MORE) === 0) break;
      unit *= SEVEN_BIT_STEP;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  field(): Buffer | null {
    const length = this.varInt();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    return this.bytes.subarray(start, this.at);
  }

  headers(): DecodedRecord['headers'] {
    const headers: DecodedRecord['headers'] = {};
    const count = this.varInt();
    for (let index = 0; index < count; index++) {
      const name = this.name(index);
      const value = this.headerValue();
      const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
      const all = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
      // Whoever may write to a topic chooses its headers' names: this one would replace the object's prototype.
      if (name === '__proto__') Object.defineProperty(headers, name, { value: all, ...ORDINARY });
      else headers[name] = all;
    }
    return headers;
  }

  private name(index: number): string {
    const length = this.varInt();
    const start = this.at;
    this.at += length;
    const last = this.names[index];
    if (last?.length === length && this.isText(last, start)) return last;
    const name = this.bytes.toString('utf8', start, this.at);
    this.names[index] = name;
    return name;
  }

  private isText(text: string, start: number): boolean {
    for (let index = 0; index < text.length; index++) {
      if (this.bytes[start + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  private headerValue(): HeaderValue {
    const length = this.varInt();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    for (let at = start; at < this.at; at++) {
      if ((this.bytes[at] as number) > LAST_ASCII) return this.bytes.subarray(start, this.at);
    }
    return this.bytes.toString('latin1', start, this.at);
  }
}

const reader = new RecordReader();

const add = (base: string, delta: number): string => {
  const sum = Number(base) + delta;
  return Number.isSafeInteger(sum) ? String(sum) : String(BigInt(base) + BigInt(delta));
};

/** A record of a batch by the Kafka protocol (magic 2). */
export function decodeRecord({ buffer }: { buffer: Buffer }, batchContext: BatchContext): DecodedRecord {
  const { firstOffset, firstTimestamp, maxTimestamp, magicByte, isControlBatch = false, timestampType } = batchContext;
  reader.begin(buffer);
  const attributes = reader.int8();
  const timestampDelta = reader.varInt();
  const byBroker = timestampType === LOG_APPEND_TIME && maxTimestamp;
  return {
    magicByte,
    attributes,
    timestamp: byBroker ? maxTimestamp : add(firstTimestamp, timestampDelta),
    offset: add(firstOffset, reader.varInt()),
    key: reader.field(),
    value: reader.field(),
    headers: reader.headers(),
    isControlRecord: isControlBatch,
    batchContext,
  };
}

/**
 * Puts `decodeRecord` in the place of kafkajs' own, which copies all headers for each header and makes a Buffer of each value,
 * and reads times by 64-bit objects. kafkajs loads the module with its first Fetch request, so that it gets ours.
 */
export function decodeRecordsInOnePass(): void {
  const load = createRequire(import.meta.url);
  load(MODULE);
  const module = load.cache[load.resolve(MODULE)];
  if (module) module.exports = decodeRecord;
}
