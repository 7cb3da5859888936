const JSON_TYPE = /^\s*[a-z0-9!#$&^_.+-]+\/(?:json|[a-z0-9!#$&^_.-]+\+json)\s*(?:;[\x20-\x7e]*)?$/i;
const MAX_LENGTH = 200;

/** application/json or any "+json" type, parameters allowed. */
export function isJsonMediaType(contentType: string | undefined): contentType is string {
  if (contentType === 'application/json') return true;
  return contentType !== undefined && contentType.length <= MAX_LENGTH && JSON_TYPE.test(contentType);
}

export type Coding = 'identity' | 'gzip' | 'other';

/** How a body is packed; several codings on top of each other are never taken. */
export function codingOf(contentEncoding: string | undefined): Coding {
  if (contentEncoding === undefined) return 'identity';
  const coding = contentEncoding.trim().toLowerCase();
  if (coding === 'identity') return 'identity';
  // RFC 9110 section 8.4.1.3: x-gzip is the same.
  return coding === 'gzip' || coding === 'x-gzip' ? 'gzip' : 'other';
}
