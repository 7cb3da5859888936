import { TOPICS } from '@claimwire/contracts';

export interface PublishRecord {
  /** Without the deployment's prefix. */
  topic: string;
  /** Decides the partition: records of one key stay in order. */
  key: string;
  /** null removes the key from a compacted topic. */
  value: Buffer | string | null;
  headers: Record<string, string>;
}

export interface PublishResult {
  partition: number;
  offset: string;
}

/** The broker's default for a record batch, overhead included. */
const DEFAULT_MAX_BYTES = 1_048_588;
/** Bytes a batch spends on itself (61 by the protocol) and, at most, each record and header on lengths. */
export const BATCH_OVERHEAD_BYTES = 128;
const RECORD_OVERHEAD_BYTES = 40;
const HEADER_OVERHEAD_BYTES = 10;

const limits = new Map(
  TOPICS.map(({ name, config }) => [name, Number(config['max.message.bytes'] ?? DEFAULT_MAX_BYTES)]),
);

/** The largest record batch that the topic takes, in bytes. */
export const maxTopicBytes = (topic: string): number => limits.get(topic) ?? DEFAULT_MAX_BYTES;

/** UTF-8 bytes of one UTF-16 code unit, at most. */
const UTF8_MAX = 3;

/** An upper bound of what the record takes on the wire, in bytes: headers are short, to count their bytes would cost more. */
export function recordBytes(key: Buffer, value: Buffer | string | null, headers: Record<string, string>): number {
  const valueBytes = typeof value === 'string' ? Buffer.byteLength(value) : (value?.length ?? 0);
  let bytes = RECORD_OVERHEAD_BYTES + key.length + valueBytes;
  for (const name in headers) bytes += HEADER_OVERHEAD_BYTES + UTF8_MAX * (name.length + (headers[name]?.length ?? 0));
  return bytes;
}
