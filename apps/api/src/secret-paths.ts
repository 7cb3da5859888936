/**
 * A copy of `value` without what the paths name: a secret is never returned.
 * @param paths dotted, `[]` after a name for every item of an array: "auth.secrets[].value"
 */
export function withoutSecrets<T>(value: T, paths: readonly string[]): T {
  const copy = structuredClone(value);
  for (const path of paths) remove(copy, path.split('.'));
  return copy;
}

function remove(node: unknown, [name, ...rest]: string[]): void {
  if (name === undefined || typeof node !== 'object' || node === null) return;
  const object = node as Record<string, unknown>;
  const field = name.replace(/\[\]$/, '');
  if (rest.length === 0) {
    delete object[field];
    return;
  }
  const next = object[field];
  const children: unknown[] = name.endsWith('[]') && Array.isArray(next) ? next : [next];
  for (const child of children) remove(child, rest);
}
