/** Between two probes of brokers that do not acknowledge. */
const PROBE_INTERVAL_MS = 500;

/**
 * Whether the brokers are known not to acknowledge. Open = no request waits for them any more; now and then one event
 * probes them, and its acknowledgement closes the circuit.
 */
export class PublishCircuit {
  private open = false;
  private probing = false;
  private nextProbeAt = 0;

  /** @param now monotonic, in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get isOpen(): boolean {
    return this.open;
  }

  succeeded(): void {
    this.open = false;
    this.probing = false;
  }

  failed(): void {
    this.open = true;
    this.probing = false;
    this.nextProbeAt = this.now() + PROBE_INTERVAL_MS;
  }

  /** The probe told nothing: its message was refused for what it is. */
  abandonProbe(): void {
    this.probing = false;
  }

  /** True for one caller at a time, who must then report. */
  takeProbe(): boolean {
    if (!this.open || this.probing || this.now() < this.nextProbeAt) return false;
    this.probing = true;
    return true;
  }
}
