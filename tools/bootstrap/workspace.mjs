// @ts-check
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything that a development run keeps; ignored by git. */
export const VAR = join(ROOT, 'var');

/** Says that a folder is ours to delete. */
export const MARKER = '.claimwire-dev';

/** Tells two checkouts on one machine apart. */
export const CHECKOUT_ID = createHash('sha256').update(ROOT).digest('hex').slice(0, 12);

/** Node 24, once it is installed. */
export const PINNED_NODE = join(ROOT, 'node_modules', '.bin', 'node');

/** Kafka's jars, outside the checkout: filled by libs/testkit. */
export const KAFKA_CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'claimwire', 'kafka-4.3.0');

/** Environment of what we start: the pinned Node first, no Nx daemon that would outlive us. */
export const toolEnv = () => ({
  ...process.env,
  PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
});
