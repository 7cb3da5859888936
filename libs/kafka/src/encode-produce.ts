import { createRequire } from 'node:module';
import { crc32c } from './crc32c.js';
import { RecordWriter, recordBound, type ProduceMessage } from './record-writer.js';

export interface PartitionData {
  partition: number | string;
  messages: readonly ProduceMessage[];
}

export interface TopicData {
  topic: string;
  partitions: readonly PartitionData[];
}

/** What kafkajs says of a Produce request; the publisher neither compresses nor uses transactions, and sets no timestamps. */
export interface ProduceRequest {
  acks: number;
  /** ms */
  timeout: number;
  topicData: readonly TopicData[];
}

/** What kafkajs reads of an encoder of its own. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

const MODULE = 'kafkajs/src/protocol/requests/produce/v3/request.js';
const API_KEY = 0;
const API_VERSION = 3;
const NO_TRANSACTION = -1;
/** Not idempotent: STACK says why. */
const NO_PRODUCER = -1n;
const MAGIC = 2;
const BATCH_HEADER_BYTES = 61;
/** Offsets of what is filled in after the records, from the start of the batch. */
const [LENGTH_AT, CRC_AT, ATTRIBUTES_AT] = [8, 17, 21];
const LENGTH_END = 12;
const INT16 = 2;
const INT32 = 4;

function boundOf({ topicData }: ProduceRequest): number {
  let bound = INT16 + INT16 + INT32 + INT32;
  for (const { topic, partitions } of topicData) {
    bound += INT16 + Buffer.byteLength(topic) + INT32;
    for (const { messages } of partitions) {
      bound += INT32 + INT32 + BATCH_HEADER_BYTES;
      for (const message of messages) bound += recordBound(message);
    }
  }
  return bound;
}

/** A record batch (magic 2), neither compressed nor transactional. */
function writeBatch(writer: RecordWriter, messages: readonly ProduceMessage[], now: bigint): void {
  const { bytes } = writer;
  const start = writer.at;
  let at = bytes.writeBigInt64BE(0n, start);
  at = bytes.writeInt32BE(0, at);
  at = bytes.writeInt32BE(0, at);
  at = bytes.writeInt8(MAGIC, at);
  at = bytes.writeUInt32BE(0, at);
  at = bytes.writeInt16BE(0, at);
  at = bytes.writeInt32BE(messages.length - 1, at);
  at = bytes.writeBigInt64BE(now, at);
  at = bytes.writeBigInt64BE(now, at);
  at = bytes.writeBigInt64BE(NO_PRODUCER, at);
  at = bytes.writeInt16BE(0, at);
  at = bytes.writeInt32BE(0, at);
  writer.at = bytes.writeInt32BE(messages.length, at);
  for (const [index, message] of messages.entries()) writer.record(message, index);
  bytes.writeInt32BE(writer.at - start - LENGTH_END, start + LENGTH_AT);
  bytes.writeUInt32BE(crc32c(bytes, start + ATTRIBUTES_AT, writer.at), start + CRC_AT);
}

function writePartition(writer: RecordWriter, { partition, messages }: PartitionData, now: bigint): void {
  const { bytes } = writer;
  const sizeAt = bytes.writeInt32BE(Number(partition), writer.at);
  writer.at = sizeAt + INT32;
  writeBatch(writer, messages, now);
  bytes.writeInt32BE(writer.at - sizeAt - INT32, sizeAt);
}

/** The body of a Produce request (version 3 to 7), in one buffer. */
export function encodeProduce(request: ProduceRequest, now = Date.now()): Buffer {
  const bytes = Buffer.allocUnsafe(boundOf(request));
  let at = bytes.writeInt16BE(NO_TRANSACTION);
  at = bytes.writeInt16BE(request.acks, at);
  at = bytes.writeInt32BE(request.timeout, at);
  const writer = new RecordWriter(bytes, bytes.writeInt32BE(request.topicData.length, at));
  for (const { topic, partitions } of request.topicData) {
    at = bytes.writeInt16BE(Buffer.byteLength(topic), writer.at);
    at += bytes.write(topic, at);
    writer.at = bytes.writeInt32BE(partitions.length, at);
    for (const partition of partitions) writePartition(writer, partition, BigInt(now));
  }
  return bytes.subarray(0, writer.at);
}

/** In the shape that kafkajs' requests have. */
const produceRequest = (request: ProduceRequest) => ({
  apiKey: API_KEY,
  apiVersion: API_VERSION,
  apiName: 'Produce',
  expectResponse: () => request.acks !== 0,
  encode: (): Promise<Encoded> => {
    const buffer = encodeProduce(request);
    return Promise.resolve({ buf: buffer, buffer });
  },
});

/**
 * Puts `encodeProduce` in the place of kafkajs' own, which makes encoders of encoders, copies every record four times into
 * buffers that are zeroed first, and sums CRC-32C byte by byte. The later versions build on the third, and kafkajs loads them
 * with its first Produce request, so that they get ours.
 */
export function encodeProduceInOneBuffer(): void {
  const load = createRequire(import.meta.url);
  load(MODULE);
  const module = load.cache[load.resolve(MODULE)];
  if (module) module.exports = produceRequest;
}
