import type { Command } from '../command.js';

/** Every option of the command, `--help` too. */
export const flagsOf = ({ options }: Command): string[] => [
  ...Object.keys(options).map((name) => `--${name}`),
  '--help',
];

/** Those after which a value stands. */
export const optionsWithValue = ({ options }: Command): string[] =>
  Object.entries(options)
    .filter(([, { type }]) => type === 'string')
    .map(([name]) => `--${name}`);

/** Inside single quotes of a POSIX shell or fish. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
