import fc from 'fast-check';
import type { BodySample } from './fixtures.js';

/** Stands for a payload: where it turns up in a log, real ones would. */
export const CANARY = 'canary-5f0e';

/** What a reader may repeat when it stumbles: as it is, and in the shapes of what belongs there. */
const canary = fc.constantFrom(
  CANARY,
  `2025-03-11T14:35:00${CANARY}`,
  `12.${CANARY}`,
  { [CANARY]: CANARY },
  [CANARY],
  `${CANARY}\u0000`,
);

/** Values that break careless readers: other types, edges of numbers, text that no store or header takes. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -0, 1e308, 2 ** 53, '', ' ', [], {}, [[]], [null], { length: 3 }),
  fc.constantFrom<unknown>('\u0000', '\ud800', '../..', 'x'.repeat(5000), '2025-02-30T25:61:61Z', '9'.repeat(40)),
  fc.jsonValue(),
  canary,
);

/** Every path into a JSON value, the value itself included. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))];
}

function replaceAt(value: unknown, [key, ...rest]: (string | number)[], odd: unknown): unknown {
  if (key === undefined) return odd;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = replaceAt(copy[key], rest, odd);
  return copy;
}

/** A sample in which up to three members are replaced by what does not belong there. */
export function mutatedBody(sample: Pick<BodySample, 'body'>): fc.Arbitrary<Buffer> {
  const original: unknown = JSON.parse(sample.body.toString());
  const paths = pathsOf(original);
  const mutation = fc.record({ path: fc.constantFrom(...paths), odd: oddValue });
  return fc.array(mutation, { minLength: 1, maxLength: 3 }).map((mutations) => {
    // A later mutation may lie below one that has replaced its parent: it then has nothing to replace.
    const body = mutations.reduce<unknown>((value, { path, odd }) => {
      const parent = path.slice(0, -1).reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], value);
      return path.length > 0 && (typeof parent !== 'object' || parent === null) ? value : replaceAt(value, path, odd);
    }, original);
    return Buffer.from(JSON.stringify(body) ?? 'null');
  });
}

/** Anything that can come over the wire. */
export const anyBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.string({ maxLength: 40 }).map((text) => Buffer.from(`{"${CANARY}":${text}${CANARY}`)),
);
