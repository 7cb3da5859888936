import { describe, expect, it } from 'vitest';
import { PublishCircuit } from './publish-circuit.js';

describe('PublishCircuit', () => {
  it('is closed until a publication fails and closes with one that succeeds', () => {
    const circuit = new PublishCircuit();
    expect([circuit.isOpen, circuit.takeProbe()]).toEqual([false, false]);
    circuit.failed();
    expect(circuit.isOpen).toBe(true);
    circuit.succeeded();
    expect(circuit.isOpen).toBe(false);
  });

  it('lets one probe at a time through, the next a while after it failed', () => {
    let now = 0;
    const circuit = new PublishCircuit(() => now);
    circuit.failed();
    expect(circuit.takeProbe()).toBe(false);
    now = 500;
    expect([circuit.takeProbe(), circuit.takeProbe()]).toEqual([true, false]);
    circuit.failed();
    now = 900;
    expect(circuit.takeProbe()).toBe(false);
    now = 1_000;
    expect(circuit.takeProbe()).toBe(true);
    circuit.abandonProbe();
    expect(circuit.takeProbe()).toBe(true);
  });
});
