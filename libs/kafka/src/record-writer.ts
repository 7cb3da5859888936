import { sizeOfVarInt, writeVarInt } from './varint.js';

type Bytes = Buffer | string | null | undefined;

/** A message as the publisher hands it to kafkajs. */
export interface ProduceMessage {
  key: Bytes;
  value: Bytes;
  headers?: Readonly<Record<string, Buffer | string>>;
}

/** UTF-8 bytes of one UTF-16 code unit, at most. */
const UTF8_MAX = 3;
const VARINT_MAX = 5;
/** Lengths and counts of a record, at most. */
const RECORD_OVERHEAD = 7 * VARINT_MAX;
/** Up to here a loop beats the call into Node's encoder: most header names and values. */
const SHORT_TEXT = 48;
const LAST_ASCII = 0x7f;
const ABSENT = -1;
const ATTRIBUTES = 0;
const NO_DELAY = 0;
/** Of the length of a record of 64 to 8,191 bytes: nearly all of them. */
const USUAL_LENGTH_SIZE = 2;

const textBound = (text: string): number =>
  text.length > SHORT_TEXT ? Buffer.byteLength(text) : text.length * UTF8_MAX;
const boundOf = (field: Bytes): number => (typeof field === 'string' ? textBound(field) : (field?.length ?? 0));

/** An upper bound of what the record takes. */
export function recordBound({ key, value, headers }: ProduceMessage): number {
  let bound = RECORD_OVERHEAD + boundOf(key) + boundOf(value);
  for (const name in headers) bound += 2 * VARINT_MAX + textBound(name) + boundOf(headers[name]);
  return bound;
}

/** Writes into a buffer that is large enough: who makes it asks `recordBound` before. */
export class RecordWriter {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
  ) {}

  /** A record of a batch by the Kafka protocol (magic 2), with the batch's timestamp. */
  record({ key, value, headers }: ProduceMessage, offsetDelta: number): void {
    const start = this.at;
    this.at += USUAL_LENGTH_SIZE;
    this.bytes[this.at++] = ATTRIBUTES;
    this.varInt(NO_DELAY);
    this.varInt(offsetDelta);
    this.field(key);
    this.field(value);
    const names = headers ? Object.keys(headers) : [];
    this.varInt(names.length);
    for (const name of names) {
      this.text(name);
      this.field(headers?.[name]);
    }
    this.lengthBefore(start);
  }

  private varInt(value: number): void {
    this.at = writeVarInt(this.bytes, value, this.at);
  }

  /** The length goes before what it counts, which makes way where it takes other than the usual bytes. */
  private lengthBefore(start: number): void {
    const body = start + USUAL_LENGTH_SIZE;
    const length = this.at - body;
    const size = sizeOfVarInt(length);
    if (size !== USUAL_LENGTH_SIZE) this.bytes.copyWithin(start + size, body, this.at);
    writeVarInt(this.bytes, length, start);
    this.at = start + size + length;
  }

  private field(field: Bytes): void {
    if (typeof field === 'string') return this.text(field);
    this.varInt(field?.length ?? ABSENT);
    if (field) this.at += field.copy(this.bytes, this.at);
  }

  private text(text: string): void {
    if (text.length > SHORT_TEXT) return this.longText(text);
    const { bytes } = this;
    let at = this.at + sizeOfVarInt(text.length);
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > LAST_ASCII) return this.longText(text);
      bytes[at++] = code;
    }
    writeVarInt(bytes, text.length, this.at);
    this.at = at;
  }

  /** As if it were ASCII; where it is not, its length may take more bytes than thought. */
  private longText(text: string): void {
    let size = sizeOfVarInt(text.length);
    const length = this.bytes.write(text, this.at + size);
    if (sizeOfVarInt(length) !== size) {
      size = sizeOfVarInt(length);
      this.bytes.write(text, this.at + size);
    }
    writeVarInt(this.bytes, length, this.at);
    this.at += size + length;
  }
}
