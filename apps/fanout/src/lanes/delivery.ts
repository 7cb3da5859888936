/** One row of `deliveries` that is still to be sent, with the event's message. */
export interface Delivery {
  /** Row id, a bigint as text. */
  id: string;
  tenant: string;
  webhookId: string;
  eventId: string;
  eventType: string;
  claimKey: string;
  version: number;
  /** "" = the live delivery; else the replay that it belongs to: exempt from order. */
  replayId: string;
  /** Earlier tries that counted. */
  tries: number;
  /** Milliseconds since the epoch; null before the first try. */
  firstTriedAt: number | null;
  receivedAt: string;
  /** W3C Trace Context of the message, where it came straight from Kafka, or was stored while tracing was on. */
  traceparent: string | undefined;
  /** That of this attempt's own span, which the receiver gets; without one it gets one of the same trace. */
  span?: string;
  /** ClaimEvent or Notice as published; null where the stored event is gone. */
  message: Buffer | null;
}
