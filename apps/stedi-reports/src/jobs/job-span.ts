import { failSpan, type Span, SpanKind, type Tracing, traceparentFrom } from '@claimwire/service-host';
import type { Job } from './job.js';
import type { Ending } from './report-processor.js';

/** One try of a job, in the trace of the webhook that announced it; one of its own where polling found the transaction. */
export function startTry(tracing: Tracing, { headers, origin, attempts }: Job): Span | null {
  if (!tracing.isOn) return null;
  const options = {
    kind: SpanKind.INTERNAL,
    attributes: { 'claimwire.origin': origin, 'claimwire.attempt': attempts, 'claimwire.tenant': headers.tenant },
  };
  const { traceparent } = headers;
  const name = 'fetch report';
  return traceparent === undefined ? tracing.root(name, options) : tracing.child(name, traceparent, options);
}

/** What is made of the job from now on belongs to the try. */
export const inTrace = (job: Job, span: Span | null): Job =>
  span ? { ...job, headers: { ...job.headers, traceparent: traceparentFrom(span) } } : job;

export function endTry(span: Span, ending: Ending | null): void {
  if (ending === null) failSpan(span, 'interrupted');
  else {
    const outcome = ending.kind === 'settled' ? ending.state : ending.kind;
    span.setAttributes({ 'claimwire.outcome': outcome, 'claimwire.reason': ending.reason });
    if (ending.kind !== 'settled' && ending.kind !== 'moved') failSpan(span, ending.reason);
  }
  span.end();
}
