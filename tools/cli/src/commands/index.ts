import type { Command } from '../command.js';
import { erase } from './erase.command.js';
import { lanes } from './lanes.command.js';
import { rebuild } from './rebuild.command.js';

/** One file per command. */
export const COMMANDS: readonly Command[] = [erase, lanes, rebuild];
