import { hash } from 'node:crypto';
import { canonicalJson, NotCanonicalError } from './canonical-json.js';

/**
 * Hex SHA-256 of a JSON value's canonical form (RFC 8785): the same fact has the same hash however it was spelled.
 * Text with lone surrogates has no canonical form; its plain JSON is hashed then, which is as deterministic.
 */
export function hashJson(value: unknown): string {
  return hash('sha256', canonicalOrPlain(value), 'hex');
}

function canonicalOrPlain(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof NotCanonicalError) return JSON.stringify(value);
    throw error;
  }
}
