import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error.js';

/** As node:util's parseArgs takes it. */
export type OptionTable = NonNullable<ParseArgsConfig['options']>;
type Config<T extends OptionTable> = { args: string[]; options: T; strict: true; allowPositionals: false };

/** Options only: no command takes anything without a name. @throws UsageError saying what is wrong */
export function parseOptions<const T extends OptionTable>(
  args: string[],
  options: T,
): ReturnType<typeof parseArgs<Config<T>>>['values'] {
  try {
    return parseArgs<Config<T>>({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @returns the action that stands first, and what follows it @throws UsageError that lists them */
export function parseAction<const T extends string>(
  args: readonly string[],
  actions: readonly T[],
): { action: T; rest: string[] } {
  const action = actions.find((candidate) => candidate === args[0]);
  if (action !== undefined) return { action, rest: args.slice(1) };
  const problem = args[0] === undefined ? 'Say what to do' : `"${args[0]}" is none of its actions`;
  throw new UsageError(`${problem}: ${actions.join(', ')}.`);
}

/** @returns the option's value as an ISO 8601 instant: itself, or so long ago as "90m", "24h", "7d" say @throws UsageError */
export function instant(name: string, text: string, now = Date.now()): string {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit ?? ''];
  if (unitMs !== undefined) return new Date(now - Number(count) * unitMs).toISOString();
  const isWithZone = /^\d{4}-.*(?:Z|[+-]\d\d:?\d\d)$/.test(text);
  if (isWithZone && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new UsageError(
    `--${name}: "${text}" is neither a time with its zone, such as 2026-01-31T10:00:00Z, nor an age such as 24h.`,
  );
}

/** @returns `fallback` where the option was not given @throws UsageError */
export function wholeNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  { min, max }: { min: number; max: number },
): number {
  if (text === undefined) return fallback;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`--${name}: "${text}" is not a whole number from ${min} to ${max}.`);
}
