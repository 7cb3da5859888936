/** A JSON Schema or a part of one. */
export interface Schema {
  [keyword: string]: unknown;
}

/** Say nothing about which messages are valid. */
const WORDS_ONLY = new Set(['$comment', '$schema', 'description', 'title', 'examples', 'default']);
/** By name: what is added to them is new to the message. */
const OPEN = new Set(['properties', '$defs', 'patternProperties']);

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Where `now` could let a message through that a reader of `then` does not expect, or refuses one of then. New optional fields
 * and new words of an enumeration are no breaks, everything else that differs is.
 * @returns a line for each, with its place as a JSON pointer
 */
export function breakingChanges(then: Schema, now: Schema, at = ''): string[] {
  const keywords = new Set([...Object.keys(then), ...Object.keys(now)].filter((keyword) => !WORDS_ONLY.has(keyword)));
  return [...keywords].flatMap((keyword) => ofKeyword(keyword, then[keyword], now[keyword], `${at}/${keyword}`));
}

function ofKeyword(keyword: string, then: unknown, now: unknown, at: string): string[] {
  if (same(then, now)) return [];
  if (keyword === 'required') return ofRequired((then ?? []) as string[], (now ?? []) as string[], at);
  if (keyword === 'enum' && Array.isArray(then) && Array.isArray(now)) {
    return then.filter((word) => !now.includes(word)).map((word) => `${at}: ${String(word)} is not said any more`);
  }
  if (OPEN.has(keyword)) return ofNamed((then ?? {}) as Schema, (now ?? {}) as Schema, at);
  if (isObject(then) && isObject(now)) return breakingChanges(then, now, at);
  if (Array.isArray(then) && Array.isArray(now) && then.length === now.length) {
    return then.flatMap((item: unknown, index) => ofKeyword('', item, now[index], `${at}/${index}`));
  }
  return [`${at} was ${JSON.stringify(then)}, is ${JSON.stringify(now)}`];
}

function ofNamed(then: Schema, now: Schema, at: string): string[] {
  return Object.entries(then).flatMap(([name, schema]) =>
    name in now ? breakingChanges(schema as Schema, now[name] as Schema, `${at}/${name}`) : [`${at}/${name} is gone`],
  );
}

function ofRequired(then: string[], now: string[], at: string): string[] {
  return [
    ...then.filter((name) => !now.includes(name)).map((name) => `${at}: ${name} was there always`),
    ...now.filter((name) => !then.includes(name)).map((name) => `${at}: ${name} is not in earlier messages`),
  ];
}
