import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/**
 * Hex SHA-256 of a JSON value's canonical form (RFC 8785): the same fact has the same hash however it was spelled.
 * Text with lone surrogates has no canonical form; its plain JSON is hashed then, which is as deterministic.
 */
export function hashJson(value: unknown): string {
  try {
    return sha256(canonicalize(value) ?? '');
  } catch {
    return sha256(JSON.stringify(value));
  }
}
