import {
  failSpan,
  type Span,
  SpanKind,
  readTraceparent,
  startSend,
  traceparentFrom,
  type Tracing,
} from '@claimwire/service-host';
import type { Answer } from './answer.js';
import type { RawEventRecord } from './raw-event-sink.js';
import { traceparentOf } from './traceparent.js';

/**
 * The spans of one request. Its trace is its own, also where the sender has one: whoever writes a `traceparent` on the open
 * internet must not decide what we keep, nor put foreign requests into one trace. A sender that proves genuine gets a link.
 */
export class RequestTrace {
  private sending: Span | null = null;

  /** @param route its address with `{token}` where the token is. @returns null where tracing is off */
  static begin(tracing: Tracing, method: string, route: string): RequestTrace | null {
    if (!tracing.isOn) return null;
    const isPost = method === 'POST';
    const span = tracing.root(`${isPost ? 'POST' : 'HTTP'} ${route}`, {
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': isPost ? 'POST' : '_OTHER', 'http.route': route, 'url.scheme': 'http' },
    });
    return new RequestTrace(tracing, span);
  }

  private constructor(
    private readonly tracing: Tracing,
    /** null = this trace is not kept, which those after us are told. */
    private readonly span: Span | null,
  ) {}

  /** The request is verified. @returns what its message carries until `sends` */
  genuine(sender: string | string[] | undefined): string {
    if (this.span === null) return traceparentOf(undefined);
    const linked = typeof sender === 'string' ? readTraceparent(sender) : null;
    if (linked !== null) this.span.addLink({ context: linked });
    return traceparentFrom(this.span);
  }

  /** From here until the event is durable; the record carries the context of that. */
  sends({ topic, headers }: RawEventRecord): void {
    if (this.span === null) return;
    this.sending = startSend(this.tracing, topic, traceparentFrom(this.span), { id: headers.ce_id });
    if (this.sending) headers.traceparent = traceparentFrom(this.sending);
  }

  end({ status, outcome, reason, connection, tenant }: Answer): void {
    const failure = status >= 500 ? String(status) : undefined;
    for (const span of [this.sending, this.span]) {
      if (span === null) continue;
      if (failure !== undefined) failSpan(span, failure);
      if (span === this.span) {
        span.setAttributes({
          'http.response.status_code': status,
          'claimwire.outcome': outcome,
          'claimwire.reason': reason,
          'claimwire.connection': connection,
          'claimwire.tenant': tenant,
        });
      }
      span.end();
    }
  }
}
