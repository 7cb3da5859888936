import type { KnownFields } from './provider.js';

/** Members of one object of a body: its path with `[]` for array items ("" = the body), and the names apart by white space. */
export type DescribedObject = readonly [path: string, names: string];

/**
 * A body as its provider documents it, for `known-fields.ts` of a provider.
 * @param words by path: the documented values of a text or number that has only these
 */
export function describeFields(
  objects: readonly DescribedObject[],
  words: Readonly<Record<string, readonly string[]>> = {},
): KnownFields {
  const paths = objects.flatMap(([path, names]) => [
    ...parentsOf(path),
    ...namesIn(names).map((name) => join(path, name)),
  ]);
  const values = Object.entries(words).map(([path, list]) => [path, new Set(list)] as const);
  return { paths: new Set(paths), words: new Map(values) };
}

const namesIn = (names: string): string[] => names.split(/\s+/).filter((name) => name !== '');
const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** "a.b[].c[]" → "a", "a.b", "a.b[].c": the members that lead to the object. */
function parentsOf(path: string): string[] {
  if (path === '') return [];
  const segments = path.split('.');
  return segments.map((_, index) =>
    segments
      .slice(0, index + 1)
      .join('.')
      .replace(/(\[\])+$/, ''),
  );
}
