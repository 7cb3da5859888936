/** Constant codes of `delivery_attempts.error`: why there was no answer. */
export type AttemptError =
  | 'timeout'
  | 'connection_refused'
  | 'connection_reset'
  | 'unreachable'
  | 'dns'
  | 'tls'
  | 'address_refused'
  | 'invalid_response'
  | 'invalid_request'
  | 'event_missing'
  | 'token_refused'
  | 'token_unavailable'
  | 'network_error';

const BY_CODE: Readonly<Record<string, AttemptError>> = {
  ERR_ADDRESS_REFUSED: 'address_refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  UND_ERR_SOCKET: 'connection_reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  UND_ERR_INVALID_ARG: 'invalid_request',
  UND_ERR_HEADERS_OVERFLOW: 'invalid_response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'invalid_response',
};

const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

const codeOf = (error: unknown): string => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
};

/** The constant code of a network error; never its message, which may hold addresses. */
export function attemptError(error: unknown): AttemptError {
  if (error instanceof AggregateError && error.errors.length > 0) return attemptError(error.errors[0]);
  const code = codeOf(error);
  const known = BY_CODE[code];
  if (known) return known;
  if (TLS_CODE.test(code)) return 'tls';
  return code.startsWith('HPE_') ? 'invalid_response' : 'network_error';
}
