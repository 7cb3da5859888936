import { createEgressDispatcher } from '@claimwire/egress';
import { failSpan, serverAttributes, type Span, SpanKind, Tracing } from '@claimwire/service-host';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Dispatcher, request } from 'undici';
import { type GetOutcome, outcomeOfError, outcomeOfStatus } from './answer.js';
import { StediReportsConfig } from '../config.js';

/** A report of some thousand claims is a few MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** GETs JSON from an address that a tenant set: checked at connect time, no redirects followed. */
@Injectable()
export class StediClient implements OnApplicationShutdown {
  private readonly dispatcher: Dispatcher;

  constructor(
    private readonly config: StediReportsConfig,
    private readonly tracing: Tracing,
  ) {
    this.dispatcher = createEgressDispatcher({ allowNetworks: config.EGRESS_ALLOW_NETWORKS });
  }

  /** @throws the signal's reason once it is aborted; nothing else */
  async get(url: string, apiKey: string, signal: AbortSignal, traceparent?: string): Promise<GetOutcome> {
    const span = this.start(url, traceparent);
    try {
      const timeout = AbortSignal.timeout(this.config.FETCH_TIMEOUT_MS);
      const { statusCode, body } = await request(url, {
        dispatcher: this.dispatcher,
        headers: { authorization: apiKey, accept: 'application/json' },
        signal: AbortSignal.any([signal, timeout]),
      });
      span?.setAttribute('http.response.status_code', statusCode);
      if (span && statusCode >= 400) failSpan(span, String(statusCode));
      if (statusCode === 200) return await readJson(body);
      await body.dump();
      return outcomeOfStatus(statusCode);
    } catch (error) {
      const outcome = outcomeOfError(error);
      if (span) failSpan(span, signal.aborted ? 'aborted' : outcome.reason);
      signal.throwIfAborted();
      return outcome;
    } finally {
      span?.end();
    }
  }

  private start(url: string, traceparent: string | undefined): Span | null {
    if (!this.tracing.follows(traceparent) || !URL.canParse(url)) return null;
    return this.tracing.child('GET', traceparent, {
      kind: SpanKind.CLIENT,
      attributes: { 'http.request.method': 'GET', ...serverAttributes(new URL(url)) },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.destroy();
  }
}

async function readJson(body: AsyncIterable<Buffer>): Promise<GetOutcome> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) return { kind: 'failed', reason: 'report_too_large' };
    chunks.push(chunk);
  }
  try {
    return { kind: 'ok', body: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { kind: 'failed', reason: 'report_unreadable' };
  }
}
