import { randomBytes } from 'node:crypto';

/**
 * New id, for example "whk_0193…": 48 bits of time, then 80 random bits, in hex. Ids of one kind sort by age, so that a list
 * is paged by its primary key.
 */
export function newId(prefix: string): string {
  return `${prefix}_${Date.now().toString(16).padStart(12, '0')}${randomBytes(10).toString('hex')}`;
}
