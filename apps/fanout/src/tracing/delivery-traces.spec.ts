import { describe, expect, it } from 'vitest';
import { DeliveryTraces } from './delivery-traces.js';

const trace = (of: number, flags = '01') => `00-${String(of).padStart(32, 'a')}-${'b'.repeat(16)}-${flags}`;

describe('the traces of deliveries', () => {
  it('are remembered where they are kept, until the delivery is settled', () => {
    const traces = new DeliveryTraces({ isOn: true });
    traces.remember('1', trace(1));
    traces.remember('2', trace(2, '00'));
    expect([traces.of('1'), traces.of('2'), traces.of('3')]).toEqual([trace(1), undefined, undefined]);
    traces.forget('1');
    expect(traces.of('1')).toBe(undefined);
  });

  it('come to the replica that holds the webhook, however many they are', () => {
    const deliveries = Array.from({ length: 500 }, (_, id) => ({ id: String(id), traceparent: trace(id) }));
    const payloads = new DeliveryTraces({ isOn: true }).payloads([...deliveries, { id: 'x', traceparent: undefined }]);
    expect(payloads.every((payload) => payload.length < 8_000)).toBe(true);
    const other = new DeliveryTraces({ isOn: true });
    expect(payloads.map((payload) => other.hear(payload))).toEqual(payloads.map(() => true));
    expect(deliveries.every(({ id, traceparent }) => other.of(id) === traceparent)).toBe(true);
  });

  it('are told apart from what else is said, and cost nothing where tracing is off', () => {
    const off = new DeliveryTraces({ isOn: false });
    expect(['', 'wh_1,wh_2'].map((payload) => off.hear(payload))).toEqual([false, false]);
    expect(off.payloads([{ id: '1', traceparent: trace(1) }])).toEqual([]);
    expect(off.hear(`traces:1=${trace(1)}`)).toBe(true);
    expect(off.of('1')).toBe(undefined);
  });

  it('are bounded: the oldest goes', () => {
    const traces = new DeliveryTraces({ isOn: true });
    for (let id = 0; id <= 20_000; id++) traces.remember(String(id), trace(id));
    expect([traces.of('0'), traces.of('1')]).toEqual([undefined, trace(1)]);
  });
});
