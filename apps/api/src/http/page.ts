import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { Text, Whole } from './fields.js';
import { Problem } from './problem.js';

export const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 100;

/** Query of every list. */
export class PageQuery {
  @Whole({ min: 1, max: MAX_LIMIT, optional: true, default: DEFAULT_LIMIT, description: 'Most items in one answer.' })
  limit: number = DEFAULT_LIMIT;

  @Text({ optional: true, description: '`nextCursor` of the answer before.' })
  cursor?: string;
}

export interface Page<T> {
  data: T[];
  /** null = this was the last page. */
  nextCursor: string | null;
}

/** Opaque to callers: what it holds may change between versions. */
export const encodeCursor = (parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** @throws Problem 400 when this list did not make the cursor */
export function decodeCursor(cursor: string, length: number): string[] {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== length || !parts.every((part) => typeof part === 'string')) {
    throw foreignCursor();
  }
  return parts;
}

const foreignCursor = () =>
  new Problem(400, 'The cursor is not one of this list.', [{ path: 'cursor', message: 'is not of this list' }]);

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Cuts the one row more than `limit` that a list reads to know whether there is a next page. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => string[],
  toItem: (row: Row) => Item,
): Page<Item> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    data: kept.map(toItem),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null,
  };
}

/** Newest first by id: ids sort by age (ids.ts), or are numbers from a sequence. `alias` is the builder's main alias. */
export async function pageById<Row extends ObjectLiteral & { id: string }, Item>(
  builder: SelectQueryBuilder<Row>,
  { limit, cursor }: PageQuery,
  toItem: (row: Row) => Item,
): Promise<Page<Item>> {
  const id = `${builder.alias}.id`;
  if (cursor !== undefined) {
    const [after = ''] = decodeCursor(cursor, 1);
    const numbered = builder.expressionMap.mainAlias?.metadata.primaryColumns[0]?.type === 'bigint';
    if (numbered && !/^\d{1,18}$/.test(after)) throw foreignCursor();
    builder.andWhere(`${id} < :after`, { after });
  }
  const rows = await builder
    .orderBy(id, 'DESC')
    .take(limit + 1)
    .getMany();
  return toPage(rows, limit, (row) => [row.id], toItem);
}
