interface Coded {
  name?: string;
  code?: unknown;
  type?: unknown;
  retriable?: unknown;
  cause?: unknown;
  message?: unknown;
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'publish_timeout',
  'log_unknown',
]);
/**
 * Serialisation failure, deadlock, too many connections, admin shutdown, crash shutdown, starting up, disk or memory full,
 * lock timeout, read-only, a transaction that waited too long for this process.
 */
const POSTGRES = new Set([
  ...['40001', '40P01', '53100', '53200', '53300', '57P01', '57P02', '57P03', '55P03', '25006', '25P03'],
]);
/** The group went on without us, for example after a long pause: join again, and whoever has the partition now goes on. */
const LOST_MEMBERSHIP = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS']);
/** pg reports a connection that broke or could not be had by message alone. */
const POSTGRES_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end)/;

/** The error itself and its causes, at most a few levels: the classification looks at all of them. */
function chain(error: unknown): Coded[] {
  const found: Coded[] = [];
  for (let at = error; at instanceof Error && found.length < 5; at = at.cause) found.push(at);
  return found;
}

function isTransientLink(error: Coded): boolean {
  const code = typeof error.code === 'string' ? error.code : '';
  if (NETWORK.has(code) || POSTGRES.has(code) || code.startsWith('08')) return true;
  if (error.name?.startsWith('KafkaJS') && error.retriable === true) return true;
  if (typeof error.type === 'string' && LOST_MEMBERSHIP.has(error.type)) return true;
  // A fresh cluster has no coordinator for a moment; kafkajs gives up on it.
  if (error.name === 'KafkaJSGroupCoordinatorNotFound') return true;
  return typeof error.message === 'string' && POSTGRES_MESSAGES.test(error.message);
}

/** True for an outage of broker, database or network that passes by itself: back off and try again, nothing is wrong with the data. */
export function isTransient(error: unknown): boolean {
  return chain(error).some(isTransientLink);
}

/** True where the broker says that a record, or a batch of them, is above its limit. */
export function isTooLarge(error: unknown): boolean {
  return chain(error).some(({ type }) => type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE');
}

/** A constant for logs and metrics; never the message, which may quote data. */
export function errorCode(error: unknown): string {
  for (const link of chain(error).reverse()) {
    if (typeof link.type === 'string') return link.type;
    if (typeof link.code === 'string') return link.code;
  }
  return error instanceof Error ? error.name : 'unknown';
}
