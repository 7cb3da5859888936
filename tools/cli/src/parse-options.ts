import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Config<T extends Options> = { args: string[]; options: T; strict: true; allowPositionals: false };

/** Options only: no command takes anything without a name. @throws UsageError saying what is wrong */
export function parseOptions<const T extends Options>(
  args: string[],
  options: T,
): ReturnType<typeof parseArgs<Config<T>>>['values'] {
  try {
    return parseArgs<Config<T>>({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
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
