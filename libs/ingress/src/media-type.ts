const JSON_TYPE = /^\s*[a-z0-9!#$&^_.+-]+\/(?:json|[a-z0-9!#$&^_.-]+\+json)\s*(?:;[\x20-\x7e]*)?$/i;
const MAX_LENGTH = 200;

/** application/json or any "+json" type, parameters allowed. */
export function isJsonMediaType(contentType: string | undefined): contentType is string {
  return contentType !== undefined && contentType.length <= MAX_LENGTH && JSON_TYPE.test(contentType);
}

/** A compressed body would have to be unpacked to be read, and would then no longer be the bytes that were signed. */
export function isEncoded(contentEncoding: string | undefined): boolean {
  return contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity';
}
