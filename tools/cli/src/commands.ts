import type { Command } from './command.js';
import { erase } from './erase/erase.command.js';
import { lanes } from './lanes/lanes.command.js';
import { rebuild } from './rebuild/rebuild.command.js';
import { send } from './send/send.command.js';

/** One folder per command, in the order of `claimwire --help`. */
export const COMMANDS: readonly Command[] = [erase, lanes, rebuild, send];
