/** Why a report could not be had: constant codes, for quarantine and metrics. */
export type FailureReason =
  | 'report_not_found'
  | 'report_forbidden'
  | 'report_request_invalid'
  | 'report_rate_limited'
  | 'report_unavailable'
  | 'report_timeout'
  | 'report_unreachable'
  | 'report_address_refused'
  | 'report_too_large'
  | 'report_unreadable'
  | 'report_unexpected_answer';

/** One GET, seen from its end. */
export type GetOutcome =
  | { kind: 'ok'; body: unknown }
  /** Worth another try: the report may only be late, or the server busy. */
  | { kind: 'retry'; reason: FailureReason }
  /** The API key does not open it: no other request with the same key will fare better. */
  | { kind: 'refused'; reason: FailureReason }
  | { kind: 'failed'; reason: FailureReason };

const BY_STATUS: Record<number, GetOutcome> = {
  400: { kind: 'failed', reason: 'report_request_invalid' },
  401: { kind: 'refused', reason: 'report_forbidden' },
  403: { kind: 'refused', reason: 'report_forbidden' },
  // A report can be some seconds later than the event that announces it.
  404: { kind: 'retry', reason: 'report_not_found' },
  408: { kind: 'retry', reason: 'report_timeout' },
  429: { kind: 'retry', reason: 'report_rate_limited' },
};

/** What an answer other than 200 means. */
export function outcomeOfStatus(status: number): GetOutcome {
  const known = BY_STATUS[status];
  if (known) return known;
  if (status >= 500) return { kind: 'retry', reason: 'report_unavailable' };
  return { kind: 'failed', reason: 'report_unexpected_answer' };
}

const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a request that got no answer means. */
export function outcomeOfError(error: unknown): Exclude<GetOutcome, { kind: 'ok' }> {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (code === 'ERR_ADDRESS_REFUSED') return { kind: 'failed', reason: 'report_address_refused' };
  const timedOut = name === 'TimeoutError' || (typeof code === 'string' && TIMEOUTS.has(code));
  return { kind: 'retry', reason: timedOut ? 'report_timeout' : 'report_unreachable' };
}
