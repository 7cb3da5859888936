import { PublishTimeoutError, RecordTooLargeError } from '@claimwire/kafka';
import { beforeEach, describe, expect, it } from 'vitest';
import { FallbackRawEventSink } from './fallback-raw-event-sink.js';
import { PublishCircuit } from './publish-circuit.js';
import type { RawEventRecord } from './raw-event-sink.js';

const record: RawEventRecord = { topic: 't', key: 'k', value: Buffer.from('{}'), headers: { ce_id: 'raw_1' } };
const timeout = new PublishTimeoutError('t', 1);

let now: number;
let kafka: { error: Error | null; calls: number };
let spool: { error: Error | null; calls: number };
let changes: unknown[];
let sink: FallbackRawEventSink;

beforeEach(() => {
  now = 0;
  changes = [];
  [kafka, spool] = [
    { error: null, calls: 0 },
    { error: null, calls: 0 },
  ];
  const store = (of: typeof kafka) => ({
    accept: async () => {
      of.calls += 1;
      if (of.error) throw of.error;
    },
  });
  const circuit = new PublishCircuit(() => now);
  sink = new FallbackRawEventSink(store(kafka), store(spool), circuit, (...change) => changes.push(change));
});

describe('FallbackRawEventSink', () => {
  it('leaves the spool alone while Kafka acknowledges', async () => {
    await sink.accept(record);
    expect([kafka.calls, spool.calls, changes]).toEqual([1, 0, []]);
  });

  it('spools what Kafka does not acknowledge, and asks Kafka no more for the next ones', async () => {
    kafka.error = timeout;
    await sink.accept(record);
    await sink.accept(record);
    expect([kafka.calls, spool.calls]).toEqual([1, 2]);
    expect(changes).toEqual([['open', 'publish_timeout']]);
  });

  it.each(['KAFKA_STORAGE_ERROR', 'NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'])(
    'spools what brokers answer by %s until the deadline, and says so',
    async (type) => {
      kafka.error = new PublishTimeoutError('t', 1, Object.assign(new Error(type), { type }));
      await sink.accept(record);
      expect(spool.calls).toBe(1);
      expect(changes).toEqual([['open', type]]);
    },
  );

  it('spools an event that probes the brokers too, and goes back to Kafka after its acknowledgement', async () => {
    kafka.error = timeout;
    await sink.accept(record);
    now = 500;
    kafka.error = null;
    await sink.accept(record);
    expect([kafka.calls, spool.calls]).toEqual([2, 2]);
    await sink.accept(record);
    expect([kafka.calls, spool.calls]).toEqual([3, 2]);
    expect(changes.at(-1)).toEqual(['closed', undefined]);
  });

  it('spools a message that the brokers refuse for what it is, without giving up on them', async () => {
    kafka.error = new RecordTooLargeError('t', 1);
    await sink.accept(record);
    kafka.error = null;
    await sink.accept(record);
    expect([kafka.calls, spool.calls, changes]).toEqual([2, 1, []]);
  });

  it('throws when the spool fails as well', async () => {
    kafka.error = timeout;
    spool.error = new Error('no database');
    await expect(sink.accept(record)).rejects.toThrow('no database');
    await expect(sink.accept(record)).rejects.toThrow('no database');
  });
});
