interface Coded {
  name?: string;
  stack?: string;
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
 * Serialisation failure, deadlock, disk or memory full, too many connections, a configured limit, admin shutdown, crash
 * shutdown, starting up, cancelled, lock timeout, read-only, a transaction that waited too long for this process, a disk that
 * does not read or write.
 */
const POSTGRES = new Set([
  ...['40001', '40P01', '53100', '53200', '53300', '53400', '57P01', '57P02', '57P03', '57014'],
  ...['55P03', '25006', '25P03', '58000', '58030'],
]);
/**
 * What kafkajs counts as final and a broker that stops, starts or changes leaders answers. First those of a group that went on
 * without us, for example after a long pause: join again, and whoever has the partition now goes on. Then a broker that is
 * about to be gone or has not caught up (kafkajs calls UNKNOWN what Kafka calls UNKNOWN_SERVER_ERROR).
 */
const PASSING_TYPES = new Set([
  ...['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS'],
  ...['UNKNOWN', 'BROKER_NOT_AVAILABLE', 'STALE_CONTROLLER_EPOCH', 'STALE_BROKER_EPOCH'],
]);
/**
 * Retriable errors of Kafka that kafkajs does not know, so that it calls them final: a throttled client, a topic's id or a fetch
 * session that a broker does not know yet or any more, no eligible leader.
 */
const UNKNOWN_TO_KAFKAJS = /^Unknown error code (83|89|100|103|106)$/;
/**
 * Errors by which kafkajs gives up what it has tried several times: no coordinator in a fresh cluster, a lock that another
 * request holds because a broker does not answer, its retries used up; and what it makes of every handshake that ends early, that of
 * a broker which dies meanwhile too.
 */
const GIVEN_UP = new Set([
  ...['KafkaJSGroupCoordinatorNotFound', 'KafkaJSTimeout', 'KafkaJSLockTimeout', 'KafkaJSNumberOfRetriesExceeded'],
  'KafkaJSSASLAuthenticationError',
]);
/** Where kafkajs keeps what it knows of brokers and groups; not where it reads records. */
const KAFKAJS_STATE = /[\\/]kafkajs[\\/]src[\\/](admin|broker|cluster|consumer|network|producer)[\\/]/;
/**
 * What we are not allowed to do, or not believed to be: a password that is being rotated, a permission that an operator has yet to
 * give, a broker that starts and does not know its users yet. No message is at fault, so none may be set aside for it.
 */
const NOT_ALLOWED = new Set([
  ...['TOPIC_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'],
  ...['28000', '28P01', '42501'],
]);
/** pg reports a connection that broke or could not be had by message alone. */
const POSTGRES_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (was closed|has encountered a connection error)|Cannot use a pool after calling end|Query read timeout)/;

/**
 * kafkajs forgets its brokers when a connection ends and goes on using them elsewhere: "Cannot read properties of null
 * (reading 'brokers')" (tulios/kafkajs #1441), or a plain "Broker not connected" of a connection that is half made. What it
 * knows is asked for anew when it connects again.
 */
function hasLostItsBrokers({ name, message, stack }: Coded): boolean {
  if (name !== 'TypeError' && message !== 'Broker not connected') return false;
  const thrownAt = stack?.split('\n').find((line) => line.startsWith('    at '));
  return thrownAt !== undefined && KAFKAJS_STATE.test(thrownAt);
}

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
  const type = typeof error.type === 'string' ? error.type : '';
  if (PASSING_TYPES.has(type) || NOT_ALLOWED.has(type) || NOT_ALLOWED.has(code)) return true;
  if (GIVEN_UP.has(error.name ?? '') || hasLostItsBrokers(error)) return true;
  const message = typeof error.message === 'string' ? error.message : '';
  return UNKNOWN_TO_KAFKAJS.test(message) || POSTGRES_MESSAGES.test(message);
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
