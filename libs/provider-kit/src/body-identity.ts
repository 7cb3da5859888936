import { hash } from 'node:crypto';
import { CanonicalBody } from './canonical-body.js';
import { canonicalJson, NotCanonicalError } from './canonical-json.js';
import { parseJsonObject } from './json.js';
import { scanJson } from './json-scan.js';

/**
 * Hex SHA-256 of a JSON value's canonical form (RFC 8785): the same fact has the same hash however it was spelled.
 * Text with lone surrogates has no canonical form; its plain JSON is hashed then, which is as deterministic.
 */
export function hashJson(value: unknown): string {
  return hash('sha256', canonicalOrPlain(value), 'hex');
}

const canonicalBody = new CanonicalBody();

/** `hashJson` of a body that is a JSON object, without making one of it where that can be helped. */
export function hashBody(body: Buffer): string {
  const scan = scanJson(body);
  const canonical = scan && canonicalBody.write(scan);
  return canonical ? hash('sha256', canonical, 'hex') : hashJson(parseJsonObject(body));
}

function canonicalOrPlain(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof NotCanonicalError) return JSON.stringify(value);
    throw error;
  }
}
