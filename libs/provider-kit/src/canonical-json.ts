/** Lone surrogates and infinite numbers have no canonical form. */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
}

/**
 * A JSON value in the form of RFC 8785: members sorted by UTF-16 code units, no spaces, numbers and text as ECMAScript writes
 * them. It walks plain data only, by recursion: what `parseJsonObject` gives is nested 500 levels deep at most, and has no
 * `toJSON` and no cycles. Members that are undefined are left out. (Bodies that the scan knows: canonical-body.ts.)
 * @throws NotCanonicalError
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalText(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonicalError('an infinite number');
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalList(value) : canonicalMembers(value as Readonly<Record<string, unknown>>);
    default:
      return 'null';
  }
}

/** What needs no escape: faster to see than to have JSON.stringify find nothing to do. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalText(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new NotCanonicalError('text with a lone surrogate');
  return JSON.stringify(value);
}

function canonicalList(values: readonly unknown[]): string {
  let text = '';
  for (const value of values) text += `${text === '' ? '' : ','}${canonicalJson(value)}`;
  return `[${text}]`;
}

function canonicalMembers(object: Readonly<Record<string, unknown>>): string {
  let text = '';
  // without a comparison of one's own, sort() goes by UTF-16 code units
  for (const name of Object.keys(object).sort()) {
    const value = object[name];
    if (value !== undefined) text += `${text === '' ? '' : ','}${canonicalText(name)}:${canonicalJson(value)}`;
  }
  return `{${text}}`;
}
