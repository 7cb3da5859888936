import type { FieldError } from './problem.js';
import { shownName } from './shown-name.js';

/** No request of ours is nested by half as much; what walks a deeper one may run out of stack. */
const MOST_LEVELS = 32;
/** class-transformer takes a member of this name for the object's class, and calls it. */
const CLASS = 'constructor';

/** PostgreSQL takes neither as text. */
const isNoText = (value: unknown): boolean =>
  typeof value === 'string' && (value.includes('\0') || !value.isWellFormed());

/**
 * @param under path of `input` itself
 * @returns what must not reach the conversion to a DTO, null where there is nothing of the kind
 */
export function findMisshapen(input: object, under = ''): FieldError | null {
  let level = [{ path: under, value: input }];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MOST_LEVELS) return { path: under, message: `must not be nested deeper than ${MOST_LEVELS} levels` };
    const next: typeof level = [];
    for (const { path, value } of level) {
      const prefix = path === '' ? '' : `${path}.`;
      if (Object.hasOwn(value, CLASS)) return { path: prefix + CLASS, message: `property ${CLASS} should not exist` };
      for (const [name, member] of Object.entries(value) as [string, unknown][]) {
        const at = prefix + shownName(name);
        if (isNoText(name) || isNoText(member)) return { path: at, message: 'must be text without character 0' };
        if (typeof member === 'object' && member !== null) next.push({ path: at, value: member });
      }
    }
    level = next;
  }
  return null;
}
