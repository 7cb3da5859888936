import { errorCode, isTransient } from '@claimwire/kafka';
import type { PublishCircuit } from './publish-circuit.js';
import type { RawEventRecord, RawEventSink } from './raw-event-sink.js';

/** The brokers began not to acknowledge (open), for a constant reason, or do so again (closed). */
export type CircuitListener = (state: 'open' | 'closed', code?: string) => void;

/**
 * Kafka first, the spool where it does not acknowledge in time; straight to the spool while that is known. An event that
 * probes the brokers is spooled as well, so that its sender does not wait for the outcome: twice on the topic under one
 * `ce_id` is what a lost acknowledgement does too.
 */
export class FallbackRawEventSink implements RawEventSink {
  constructor(
    private readonly kafka: RawEventSink,
    private readonly spool: RawEventSink,
    private readonly circuit: PublishCircuit,
    private readonly onChange: CircuitListener,
  ) {}

  accept(record: RawEventRecord): Promise<unknown> {
    if (this.circuit.isOpen) {
      if (this.circuit.takeProbe()) void this.tryPublish(record);
      return this.spool.accept(record);
    }
    // No async function: every webhook goes this way, and each one more costs it a turn.
    return this.kafka.accept(record).then(
      () => this.report('closed'),
      (error: unknown) => {
        this.reportFailure(error);
        return this.spool.accept(record);
      },
    );
  }

  /** Also how the drainer publishes: its luck is as good a sign as a request's. @returns the error, null when acknowledged */
  async tryPublish(record: RawEventRecord): Promise<unknown> {
    try {
      await this.kafka.accept(record);
      this.report('closed');
      return null;
    } catch (error) {
      this.reportFailure(error);
      return error;
    }
  }

  /** What is wrong with this one message says nothing about the brokers, unless it was their probe. */
  private reportFailure(error: unknown): void {
    if (isTransient(error)) this.report('open', errorCode(error));
    else this.circuit.abandonProbe();
  }

  private report(state: 'open' | 'closed', code?: string): void {
    const before = this.circuit.isOpen;
    if (state === 'open') this.circuit.failed();
    else this.circuit.succeeded();
    if (before !== this.circuit.isOpen) this.onChange(state, code);
  }
}
