import type { Command } from '../command.js';

/** One file per command. */
export const COMMANDS: readonly Command[] = [];
