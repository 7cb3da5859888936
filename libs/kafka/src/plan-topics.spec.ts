import { describe, expect, it } from 'vitest';
import { changesOf } from './plan-topics.js';

const spec = { name: 'claims.events.v1', partitions: 6, config: { 'retention.ms': '1000' } };
const options = { replication: 3, minInsync: 2 };
const wanted = { 'retention.ms': '1000', 'min.insync.replicas': '2' };
const found = (over: object = {}) => ({
  partitions: 6,
  replication: 3,
  own: new Map(Object.entries(wanted)),
  effective: new Map(Object.entries(wanted)),
  ...over,
});

describe('what would be done to a topic', () => {
  it('is nothing where it is as it must be', () => {
    expect(changesOf(spec, found(), options)).toEqual([]);
  });

  it('is to create it where it is missing', () => {
    expect(changesOf(spec, undefined, options)).toEqual([
      { kind: 'create', topic: spec.name, partitions: 6, replication: 3, config: wanted },
    ]);
  });

  it('is to set what differs, and to take back what is not ours', () => {
    const own = new Map([...Object.entries(wanted), ['flush.ms', '5']]);
    const effective = new Map([...Object.entries(wanted), ['retention.ms', '999']]);
    expect(changesOf(spec, found({ own, effective }), options)).toEqual([
      { kind: 'configure', topic: spec.name, setting: 'retention.ms', from: '999', to: '1000' },
      { kind: 'configure', topic: spec.name, setting: 'flush.ms', from: '5', to: null },
    ]);
  });

  it('names a partition count and a replication that are others', () => {
    expect(changesOf(spec, found({ partitions: 12, replication: 1 }), options)).toEqual([
      { kind: 'partitions', topic: spec.name, from: 12, to: 6 },
      { kind: 'replication', topic: spec.name, from: 1, to: 3 },
    ]);
  });
});
