import type { QueryConfig } from 'pg';

/** A statement that each session of a pool with `keepsPlans` parses and plans once; of a name there is one text. */
export interface KeptStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * A kept plan is made for arrays of ten elements, whatever they hold (PostgreSQL, "plan_cache_mode"). That is right for a few:
 * joins look each row up. For many, planning for their number costs nothing beside the rest, and chooses better.
 */
const FEW_ROWS = 32;

/** @param rows how many elements the greatest of its arrays has */
export const withValues = ({ name, text }: KeptStatement, values: unknown[], rows: number): QueryConfig =>
  rows <= FEW_ROWS ? { name, text, values } : { text, values };
