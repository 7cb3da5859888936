import { join } from 'node:path';
import { isRoot } from '@claimwire/testkit';
import { CHECKOUT_ID, ROOT, VAR } from './bootstrap-modules.js';

/** PostgreSQL runs as another account when we are root, and must reach its data whatever the checkout's permissions. */
const ROOTS_DATA = join('/var/lib/claimwire', CHECKOUT_ID);

export interface DevPaths {
  readonly root: string;
  readonly var: string;
  readonly logFolder: string;
  readonly kafkaFolder: string;
  readonly postgresFolder: string;
  /** Marked data folders outside of `var`. */
  readonly outside: readonly string[];
  readonly devFile: string;
  readonly secretsFile: string;
  readonly portsFile: string;
}

export const devPaths = (): DevPaths => {
  const outside = isRoot() ? [ROOTS_DATA] : [];
  return {
    root: ROOT,
    var: VAR,
    logFolder: join(VAR, 'log'),
    kafkaFolder: join(VAR, 'kafka'),
    postgresFolder: join(outside[0] ?? VAR, 'postgres'),
    outside,
    devFile: join(VAR, 'dev.json'),
    secretsFile: join(VAR, 'secrets.json'),
    portsFile: join(VAR, 'ports.json'),
  };
};
