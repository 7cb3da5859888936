import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';

interface Encoder {
  writeBuffer(bytes: Buffer): Encoder;
}

/** What we use of kafkajs' decoder of flexible protocol versions. */
interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readBytes(length: number): Buffer;
  readUVarInt(): number;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[];
  readTaggedFields(): null;
}

interface Answer {
  id: string | null;
  /** ms; kafkajs reads it of every answer. */
  clientSideThrottleTime: number;
}

interface ProtocolRequest {
  request: { apiKey: number; apiVersion: number; apiName: string; encode: () => Promise<Encoder> };
  response: { decode: (bytes: Buffer) => Promise<Answer>; parse: (answer: Answer) => Promise<string | null> };
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  brokerPool: {
    seedBroker: {
      versions: Readonly<Record<number, { maxVersion: number }>>;
      connectionPool: { send(request: ProtocolRequest): Promise<string | null> };
    };
  };
}

const METADATA = 3;
/** The first with flexible fields that names a topic in the answer; Kafka 2.8. */
const METADATA_VERSION = 12;
const NO_TAGS = 0;
const UUID_BYTES = 16;
const NO_ERROR = 0;
const CREATE_CLUSTER = 'private:Kafka:createCluster';

const load = createRequire(import.meta.url);
const EncoderClass = load('kafkajs/src/protocol/encoder') as new () => Encoder;
const DecoderClass = load('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => Decoder;

/**
 * The id that the cluster gave a topic when it was created: another one means another topic of the same name. kafkajs speaks no
 * version of Metadata that tells it, so the request is ours, over kafkajs' own connection with all that it knows of TLS and SASL.
 * @param topic as the broker names it
 * @returns as Kafka's tools print it; null where the topic is missing, or the broker older than Kafka 2.8
 * @throws while the broker cannot be reached
 */
export async function fetchTopicId(kafka: Kafka, topic: string): Promise<string | null> {
  const cluster = createCluster(kafka);
  await cluster.connect();
  try {
    const { versions, connectionPool } = cluster.brokerPool.seedBroker;
    if ((versions[METADATA]?.maxVersion ?? 0) < METADATA_VERSION) return null;
    return await connectionPool.send(topicIdRequest(topic));
  } finally {
    await cluster.disconnect();
  }
}

function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const create = symbol && (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  if (!create) throw new Error('this version of kafkajs hides its cluster: topic ids cannot be asked for');
  return create({ allowAutoTopicCreation: false });
}

const topicIdRequest = (topic: string): ProtocolRequest => ({
  request: {
    apiKey: METADATA,
    apiVersion: METADATA_VERSION,
    apiName: 'Metadata',
    encode: async () => new EncoderClass().writeBuffer(encodeRequest(topic)),
  },
  response: {
    decode: async (bytes) => ({ id: decodeTopicId(bytes), clientSideThrottleTime: 0 }),
    parse: async ({ id }) => id,
  },
});

/** The end of request header 2, then [topic_id name] allow_auto_topic_creation include_authorized_operations. */
function encodeRequest(topic: string): Buffer {
  const name = Buffer.from(topic);
  return Buffer.concat([
    Buffer.from([NO_TAGS, ...varint(1 + 1)]),
    Buffer.alloc(UUID_BYTES),
    Buffer.from(varint(name.length + 1)),
    name,
    Buffer.from([NO_TAGS, 0, 0, NO_TAGS]),
  ]);
}

/** The end of response header 1, then throttle_time [broker] cluster_id controller_id [error_code name topic_id …]. */
function decodeTopicId(bytes: Buffer): string | null {
  const decoder = new DecoderClass(bytes);
  decoder.readTaggedFields();
  decoder.readInt32();
  decoder.readUVarIntArray((broker) => {
    broker.readInt32();
    broker.readUVarIntString();
    broker.readInt32();
    broker.readUVarIntString();
    broker.readTaggedFields();
    return null;
  });
  decoder.readUVarIntString();
  decoder.readInt32();
  if (decoder.readUVarInt() !== 1 + 1) return null;
  const error = decoder.readInt16();
  decoder.readUVarIntString();
  return error === NO_ERROR ? decoder.readBytes(UUID_BYTES).toString('base64url') : null;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
