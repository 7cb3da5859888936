import type { Command } from './command.js';
import { audit } from './audit/audit.command.js';
import { bootstrap } from './bootstrap/bootstrap.command.js';
import { completionOf } from './completion/completion.command.js';
import { doctor } from './doctor/doctor.command.js';
import { erase } from './erase/erase.command.js';
import { keys } from './keys/keys.command.js';
import { lag } from './lag/lag.command.js';
import { lanes } from './lanes/lanes.command.js';
import { migrate } from './migrate/migrate.command.js';
import { quarantine } from './quarantine/quarantine.command.js';
import { rebuild } from './rebuild/rebuild.command.js';
import { replay } from './replay/replay.command.js';
import { send } from './send/send.command.js';
import { topics } from './topics/topics.command.js';

/** One folder per command, in the order of `claimwire --help`. */
export const COMMANDS: readonly Command[] = [
  doctor,
  topics,
  migrate,
  lag,
  lanes,
  rebuild,
  erase,
  bootstrap,
  keys,
  quarantine,
  replay,
  audit,
  send,
  completionOf(() => COMMANDS),
];
