import { failSpan, serverAttributes, type Span, SpanKind, type Tracing } from '@claimwire/service-host';
import type { Destination } from '../configuration/destination.js';
import type { Delivery } from '../lanes/delivery.js';
import type { Outcome } from '../policy/decide-outcome.js';
import type { AttemptRecord } from '../sending/settlement.js';

/**
 * The span of one try, in the trace of the webhook that caused it; one of its own where that is not known (a replay, or what was
 * stored while tracing was off).
 * @returns null where tracing is off or the trace is not kept
 */
export function startAttempt(tracing: Tracing, destination: Destination, delivery: Delivery): Span | null {
  if (!tracing.isOn) return null;
  const { traceparent } = delivery;
  if (traceparent !== undefined && !tracing.follows(traceparent)) return null;
  const options = {
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': destination.method,
      'http.request.resend_count': delivery.tries > 0 ? delivery.tries : undefined,
      ...serverAttributes(new URL(destination.origin)),
      'claimwire.tenant': delivery.tenant,
      'claimwire.webhook': delivery.webhookId,
      'claimwire.event.id': delivery.eventId,
      'claimwire.replay': delivery.replayId !== '' || undefined,
    },
  };
  const { method } = destination;
  return traceparent === undefined ? tracing.root(method, options) : tracing.child(method, traceparent, options);
}

export function endAttempt(span: Span, { status, error }: AttemptRecord, outcome: Outcome): void {
  if (status !== null) span.setAttribute('http.response.status_code', status);
  span.setAttribute('claimwire.outcome', outcome.type);
  if (outcome.type !== 'delivered') failSpan(span, error ?? String(status));
  span.end();
}
