/** How a request ended, for metrics and the log line. */
export type Outcome =
  | 'accepted'
  | 'quarantined'
  | 'unknown_path'
  | 'unknown_token'
  | 'too_large'
  | 'refused'
  | 'refused_too_often'
  | 'too_many_headers'
  | 'not_json'
  | 'not_gzip'
  | 'unavailable'
  | 'aborted'
  | 'wrong_method'
  | 'error';

export interface Answer {
  status: number;
  contentType: string;
  body: string;
  headers?: Readonly<Record<string, string>>;
  outcome: Outcome;
  /** Constant code that explains the outcome, for the log line. */
  reason?: string;
  connection?: string;
  tenant?: string;
  eventId?: string;
}

interface ProblemText {
  status: number;
  title: string;
  /** What is wrong and what to do; never anything that was sent. */
  detail: string;
}

const PROBLEM_TYPE = 'application/problem+json';

/** RFC 9457 body. */
function problemBody({ status, title, detail }: ProblemText): string {
  return JSON.stringify({ type: 'about:blank', title, status, detail });
}

type ProblemMore = Partial<Pick<Answer, 'headers' | 'reason' | 'connection' | 'tenant' | 'eventId'>>;

function problem(outcome: Outcome, text: ProblemText, more: ProblemMore = {}): Answer {
  return { status: text.status, contentType: PROBLEM_TYPE, body: problemBody(text), outcome, ...more };
}

export function received(
  eventId: string,
  outcome: 'accepted' | 'quarantined',
  status: number,
  more: ProblemMore,
): Answer {
  return { status, contentType: 'application/json', body: `{"id":"${eventId}"}`, outcome, eventId, ...more };
}

export const unknownToken = (): Answer =>
  problem('unknown_token', {
    status: 404,
    title: 'Not Found',
    detail: 'No connection has this address. Copy the address of the connection anew: its token may have been rotated.',
  });

export const unknownPath = (): Answer =>
  problem('unknown_path', {
    status: 404,
    title: 'Not Found',
    detail: 'Nothing is received here. Copy the address of the connection anew: it is /webhooks/<provider>/<token>.',
  });

export const wrongMethod = (): Answer =>
  problem(
    'wrong_method',
    { status: 405, title: 'Method Not Allowed', detail: 'Webhooks are received by POST only.' },
    { headers: { allow: 'POST' } },
  );

export const tooLarge = (limit: number, more: ProblemMore): Answer =>
  problem(
    'too_large',
    {
      status: 413,
      title: 'Content Too Large',
      detail: `The body is longer than ${limit} bytes. Send less, or ask the operator to raise MAX_BODY_BYTES.`,
    },
    more,
  );

export const refused = (scheme: string, more: ProblemMore): Answer =>
  problem(
    'refused',
    {
      status: 401,
      title: 'Unauthorized',
      detail:
        `The credentials or the signature are missing, wrong or expired (${more.reason}). ` +
        'Compare what the sender uses with the auth of this connection.',
    },
    { ...more, headers: { 'www-authenticate': `${scheme} realm="claimwire"` } },
  );

/** Only for requests whose credentials are wrong. */
export const refusedTooOften = (waitSeconds: number, more: ProblemMore): Answer =>
  problem(
    'refused_too_often',
    {
      status: 429,
      title: 'Too Many Requests',
      detail:
        `The credentials or the signature are missing, wrong or expired (${more.reason}), and this has come too often. ` +
        'Compare what the sender uses with the auth of this connection.',
    },
    { ...more, headers: { 'retry-after': String(waitSeconds) } },
  );

export const tooManyHeaders = (): Answer =>
  problem('too_many_headers', {
    status: 431,
    title: 'Request Header Fields Too Large',
    detail: 'The request has too many headers. Send fewer, or ask the operator to raise MAX_HEADERS.',
  });

export const notGzip = (more: ProblemMore): Answer =>
  problem(
    'not_gzip',
    {
      status: 400,
      title: 'Bad Request',
      detail: 'The Content-Encoding is gzip, but the body is not, or not all of it. Send it whole, or uncompressed.',
    },
    more,
  );

/** What the body cannot be read for. */
export type Unreadable = 'content_type' | 'content_encoding' | 'content_encoding_gzip_only';

const UNREADABLE: Readonly<Record<Unreadable, string>> = {
  content_type: 'The Content-Type is not JSON. Send application/json.',
  content_encoding:
    'The body has a Content-Encoding. Send it uncompressed, or ask the operator for INGRESS_ACCEPT_GZIP.',
  content_encoding_gzip_only: 'The body has another Content-Encoding than gzip. Send it in gzip or uncompressed.',
};

export const notJson = (reason: Unreadable, more: ProblemMore): Answer =>
  problem(
    'not_json',
    { status: 415, title: 'Unsupported Media Type', detail: UNREADABLE[reason] },
    { ...more, reason },
  );

/** 406: the sender will not try again (TPA Stream); the body is kept in quarantine all the same. */
export const malformedFinal = (eventId: string, more: ProblemMore): Answer =>
  problem(
    'quarantined',
    {
      status: 406,
      title: 'Not Acceptable',
      detail:
        `The body is genuine but cannot be used (${more.reason}); it is kept in quarantine as ${eventId}. ` +
        'Sending it again changes nothing.',
    },
    { ...more, eventId },
  );

const RETRY_AFTER_SECONDS = '5';

export const unavailable = (reason: string, more: ProblemMore = {}): Answer =>
  problem(
    'unavailable',
    {
      status: 503,
      title: 'Service Unavailable',
      detail: `The event could not be stored (${reason}). Nothing is wrong with it: send it again.`,
    },
    { ...more, reason, headers: { 'retry-after': RETRY_AFTER_SECONDS } },
  );

export const aborted = (more: ProblemMore): Answer =>
  problem(
    'aborted',
    { status: 400, title: 'Bad Request', detail: 'The body did not arrive as a whole. Send it again.' },
    more,
  );

export const internalError = (): Answer =>
  problem(
    'error',
    { status: 500, title: 'Internal Server Error', detail: 'An unexpected error; it is logged. Send the event again.' },
    { headers: { 'retry-after': RETRY_AFTER_SECONDS } },
  );
