import { homedir } from 'node:os';
import { join } from 'node:path';

/** The checkout: dist/ is three folders below it. */
export const ROOT = join(import.meta.dirname, '../../..');
export const CHART = join(ROOT, 'deploy/chart');

/** Outside the checkout: Go tools take minutes to build. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'claimwire', 'chart');
