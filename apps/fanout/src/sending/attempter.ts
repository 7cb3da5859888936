import { traceparentFrom, type RootLogger, type Tracing } from '@claimwire/service-host';
import type { Dispatcher } from 'undici';
import type { Destination } from '../configuration/destination.js';
import { maskEnd, maskHeader, maskText } from '../configuration/mask.js';
import type { Delivery } from '../lanes/delivery.js';
import type { FanoutMetrics } from '../metrics.js';
import { decideOutcome } from '../policy/decide-outcome.js';
import type { Answer, Outcome } from '../policy/decide-outcome.js';
import { addToken } from './add-token.js';
import { attemptLines } from './attempt-line.js';
import { Deadlines } from './deadlines.js';
import { exchange, KEPT_BODY_BYTES } from './http-exchange.js';
import type { Exchange } from './http-exchange.js';
import { renderRequest } from './render-request.js';
import type { RenderedRequest } from './render-request.js';
import { TokenSource } from './token-source.js';
import { endAttempt, startAttempt } from '../tracing/attempt-span.js';
import type { AttemptRecord } from './settlement.js';

export interface Attempted {
  outcome: Outcome;
  attempt: AttemptRecord;
}

const FAILED: Exchange = {
  status: null,
  error: null,
  headers: {},
  body: Buffer.alloc(0),
  phases: { connect: null, firstByte: null, total: 0 },
};
/** An answer's headers are kept for the log up to this many characters each. */
const KEPT_HEADER_LENGTH = 200;

/** Of a Retry-After that came several times the first counts. */
export function answerOf({ status, error, headers }: Exchange): Answer {
  if (status === null) return { kind: 'failure', error: error ?? 'network_error' };
  return { kind: 'response', status, retryAfter: [headers['retry-after']].flat()[0] };
}

function secretsOf({ secretValues }: Destination, request: RenderedRequest | null): readonly string[] {
  return request && request.secrets.length > 0 ? [...request.secrets, ...secretValues] : secretValues;
}

/** What the webhook lets the log keep, without our secrets: a receiver may answer with what it was sent. */
function responseOf(
  { status, headers, body }: Exchange,
  { logResponse }: Destination,
  secrets: readonly string[],
): AttemptRecord['response'] {
  if (status === null || logResponse === 'none') return null;
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    shown[name] = maskText(maskHeader(name, String(value)), secrets).slice(0, KEPT_HEADER_LENGTH);
  }
  const text = logResponse === 'full' ? maskText(body.toString('utf8'), secrets) : '';
  return { headers: shown, body: body.length < KEPT_BODY_BYTES ? text : maskEnd(text, secrets) };
}

interface Ended {
  at: number;
  /** null where there was nothing to send. */
  request: RenderedRequest | null;
  result: Exchange;
}

function conclude(destination: Destination, delivery: Delivery, { at, request, result }: Ended): Attempted {
  const outcome = decideOutcome({
    answer: answerOf(result),
    policy: destination.retryPolicy,
    earlierTries: delivery.tries,
    firstTriedAt: delivery.firstTriedAt,
    now: Date.now(),
    random: Math.random(),
  });
  const { status, error, phases } = result;
  const shown = destination.shownRequest.with(request?.headers.shown ?? '');
  const response = responseOf(result, destination, secretsOf(destination, request));
  return { outcome, attempt: { at, status, error, phases, request: shown, response } };
}

/** Makes one attempt of a delivery and says what becomes of it; stores nothing. */
export class Attempter {
  private readonly deadlines = new Deadlines();
  private readonly tokens: TokenSource;
  private readonly log: ReturnType<typeof attemptLines>;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly logger: RootLogger,
    private readonly metrics: FanoutMetrics,
    private readonly tracing: Tracing,
  ) {
    this.tokens = new TokenSource(dispatcher, this.deadlines);
    this.log = attemptLines(logger);
  }

  /** Never rejects for what the other side does: that is an outcome, also where it is something that we stumble over. */
  async attempt(destination: Destination, delivery: Delivery): Promise<Attempted> {
    const at = Date.now();
    const span = startAttempt(this.tracing, destination, delivery);
    const traced = span ? { ...delivery, span: traceparentFrom(span) } : delivery;
    const { request, result } = await this.send(destination, traced, at, performance.now());
    let attempted: Attempted;
    try {
      attempted = conclude(destination, delivery, { at, request, result });
    } catch (error) {
      // One receiver must not end the process, and with it everybody's deliveries.
      this.logger.error(
        { err: error, webhook: destination.id, delivery: delivery.id },
        'delivery.answer_not_understood',
      );
      const failed: Exchange = { ...FAILED, error: 'invalid_response', phases: result.phases };
      attempted = conclude(destination, delivery, { at, request, result: failed });
    }
    this.report(delivery, attempted);
    if (span) endAttempt(span, attempted.attempt, attempted.outcome);
    return attempted;
  }

  private async send(
    destination: Destination,
    delivery: Delivery,
    at: number,
    startedAt: number,
  ): Promise<{ request: RenderedRequest | null; result: Exchange }> {
    if (delivery.message === null) return { request: null, result: { ...FAILED, error: 'event_missing' } };
    let request: RenderedRequest;
    try {
      const now = new Date(at);
      const { signing } = destination;
      request = renderRequest(destination, delivery, now);
      if (signing.type === 'jwt_rs256') await addToken(request, { ...delivery, signing, now });
    } catch {
      return { request: null, result: { ...FAILED, error: 'invalid_request' } };
    }
    return { request, result: await this.sendAuthorized(destination, request, startedAt) };
  }

  /** With an access token where there is to be one; one that is refused is replaced once. All within the timeout. */
  private async sendAuthorized(
    destination: Destination,
    request: RenderedRequest,
    startedAt: number,
    isSecond = false,
  ): Promise<Exchange> {
    const { oauth, timeoutMs } = destination;
    // The lease was seen to cover the timeout before the request was made ready.
    const left = () => timeoutMs - (performance.now() - startedAt);
    if (!oauth) return this.exchange(destination, request.headers.sent, request.body, left());
    const token = await this.tokens.get(oauth, left());
    if (token.kind !== 'token') return { ...FAILED, error: `token_${token.kind}` };
    const headers = [...request.headers.sent, 'authorization', `Bearer ${token.value}`];
    request.secrets.push(token.value);
    const result = await this.exchange(destination, headers, request.body, left());
    if (result.status !== 401) return result;
    this.tokens.discard(oauth, token.value);
    return isSecond ? result : this.sendAuthorized(destination, request, startedAt, true);
  }

  private exchange(
    { origin, path, method }: Destination,
    headers: string[],
    body: Buffer | null,
    timeoutMs: number,
  ): Promise<Exchange> {
    return exchange(this.dispatcher, { origin, path, method, headers, body, timeoutMs }, this.deadlines);
  }

  private report(delivery: Delivery, { attempt, outcome }: Attempted): void {
    this.metrics.attempted(outcome.type, attempt.phases.total / 1000);
    if (outcome.type === 'delivered' && delivery.replayId === '') this.metrics.delivered(delivery.receivedAt);
    this.log(delivery, attempt, outcome);
  }
}
