/** Lone surrogates and infinite numbers have no canonical form. */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
}

/**
 * A JSON value in the form of RFC 8785: members sorted by UTF-16 code units, no spaces, numbers and text as ECMAScript writes
 * them. Every webhook runs it, so that it walks plain data only, by recursion: what `parseJsonObject` gives is nested
 * 500 levels deep at most, and has no `toJSON` and no cycles. Members that are undefined are left out.
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
  const { order, heads } = shapeOf(Object.keys(object));
  const values = Object.values(object);
  let text = '';
  for (let at = 0; at < order.length; at++) {
    const value = values[order[at]!];
    if (value !== undefined) text += (text === '' ? '' : ',') + heads[at]! + canonicalJson(value);
  }
  return `{${text}}`;
}

/** An object's names as they stand in it; in canonical order where each stands there, and what it begins its member with. */
interface Shape {
  names: readonly string[];
  order: readonly number[];
  heads: readonly string[];
}

/** Shapes that are remembered at a time, over all and of one first name: more than a provider's objects have. */
const [MOST_SHAPES, MOST_ALIKE] = [1_000, 16];
/** Of all names of one: a sender chooses them, and must not choose how much memory they take. */
const MOST_CHARACTERS = 2_000;
/** By the first name. A provider's objects of a kind have the same names in the same order: sorting them was the most of this. */
const known = new Map<string, Shape[]>();
let knownCount = 0;

function shapeOf(names: readonly string[]): Shape {
  const [first = ''] = names;
  const alike = known.get(first);
  if (alike) for (const shape of alike) if (isSame(shape.names, names)) return shape;
  const order = names.map((_, at) => at).sort((one, other) => (names[one]! < names[other]! ? -1 : 1));
  const shape = { names, order, heads: order.map((at) => `${canonicalText(names[at]!)}:`) };
  remember(first, shape, alike);
  return shape;
}

function remember(first: string, shape: Shape, alike: Shape[] | undefined): void {
  if (shape.heads.reduce((sum, { length }) => sum + length, 0) > MOST_CHARACTERS) return;
  if (knownCount >= MOST_SHAPES) {
    known.clear();
    knownCount = 0;
  }
  if (alike && alike.length < MOST_ALIKE) alike.push(shape);
  else known.set(first, [shape]);
  knownCount += 1;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}
