/** Keys stay far below PostgreSQL's index row limit of about 2,700 bytes, percent-encoded included. */
const MAX_LENGTH = 200;

const FORBIDDEN = /[\u0000-\u001f\u007f]/;

/**
 * A provider's id as text: a non-empty string as it is, or a whole number.
 * @returns null for anything that cannot be a key: empty, over 200 characters, control characters, lone surrogates (no
 * percent-encoding), or a number beyond 2^53, which JSON parsing has already rounded to that of another claim
 */
export function readIdentifier(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value !== 'string' || value.length > MAX_LENGTH || value.trim() === '') return null;
  return FORBIDDEN.test(value) || !value.isWellFormed() ? null : value;
}
