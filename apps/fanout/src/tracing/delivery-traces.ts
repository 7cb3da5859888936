import { isSampled, type Tracing } from '@claimwire/service-host';

/** A notification on the channel of deliveries that begins so tells traces. To a version that knows none it names no webhook. */
const PREFIX = 'traces:';

/** Some megabytes at most; what is forgotten begins a trace of its own. */
const MOST_KEPT = 20_000;
/** NOTIFY takes 8,000 bytes. */
const LONGEST_PAYLOAD = 7_000;
const ENTRY = /^(\d+)=(00-[0-9a-f]{32}-[0-9a-f]{16}-01)$/;

/**
 * The traces of deliveries that are not settled: a retry is read from the table, which knows nothing of traces, and so is
 * what had no room in memory. Only kept traces are remembered.
 */
export class DeliveryTraces {
  private readonly byDelivery = new Map<string, string>();

  constructor(private readonly tracing: Pick<Tracing, 'isOn'>) {}

  remember(deliveryId: string, traceparent: string | undefined): void {
    if (!this.tracing.isOn || traceparent === undefined || !isSampled(traceparent)) return;
    this.byDelivery.set(deliveryId, traceparent);
    if (this.byDelivery.size <= MOST_KEPT) return;
    for (const oldest of this.byDelivery.keys()) {
      this.byDelivery.delete(oldest);
      return;
    }
  }

  of(deliveryId: string): string | undefined {
    return this.byDelivery.get(deliveryId);
  }

  /** It is settled. */
  forget(deliveryId: string): void {
    this.byDelivery.delete(deliveryId);
  }

  /** @returns false where the payload tells no traces */
  hear(payload: string): boolean {
    if (!payload.startsWith(PREFIX)) return false;
    for (const entry of payload.slice(PREFIX.length).split(',')) {
      const [, deliveryId, traceparent] = ENTRY.exec(entry) ?? [];
      if (deliveryId !== undefined) this.remember(deliveryId, traceparent);
    }
    return true;
  }

  /** What to tell the replicas that hold these deliveries' webhooks, in as many notifications as it takes. */
  payloads(deliveries: readonly { id: string; traceparent: string | undefined }[]): string[] {
    if (!this.tracing.isOn) return [];
    const payloads: string[] = [];
    for (const { id, traceparent } of deliveries) {
      if (traceparent === undefined || !isSampled(traceparent)) continue;
      const entry = `${id}=${traceparent}`;
      const last = payloads.at(-1);
      if (last === undefined || last.length + entry.length >= LONGEST_PAYLOAD) payloads.push(PREFIX + entry);
      else payloads[payloads.length - 1] = `${last},${entry}`;
    }
    return payloads;
  }
}
