import { describe, expect, it } from 'vitest';
import { planSend, type Waiting } from './plan-send.js';

const record = (name: string, partition: number | null, bytes: number): Waiting & { name: string } => ({
  name,
  topic: 't',
  partition,
  bytes,
  settled: false,
});
const names = (entries: { name: string }[]) => entries.map(({ name }) => name).join('');

describe('planSend', () => {
  it('fills each partition up to its bound, and what comes after a full partition waits in order', () => {
    const queue = [record('a', 0, 600), record('b', 0, 600), record('c', 1, 600), record('d', 0, 10)];
    const { send, wait } = planSend(queue, 1_000);
    expect([names(send), names(wait)]).toEqual(['ac', 'bd']);
  });

  it('sends a record above the bound, alone in its partition', () => {
    const { send, wait } = planSend([record('a', 0, 5_000), record('b', 0, 1)], 1_000);
    expect([names(send), names(wait)]).toEqual(['a', 'b']);
  });

  it('leaves out what is settled, and keeps waiting what has no partition yet', () => {
    const queue = [{ ...record('a', 0, 1), settled: true }, record('b', null, 1), record('c', 0, 1)];
    const { send, wait } = planSend(queue, 1_000);
    expect([names(send), names(wait)]).toEqual(['c', 'b']);
  });
});
