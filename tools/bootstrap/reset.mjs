// @ts-check
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clearOrphans, refuseWhileRunning } from './check-machine.mjs';
import { parseReset, RESET_HELP } from './cli-options.mjs';
import { isOurs, outsideFolders } from './data-folders.mjs';
import { runCli } from './run-cli.mjs';
import { CHECKOUT_ID, VAR } from './workspace.mjs';

/** @param {string} folder */
const remove = (folder) => {
  if (!isOurs(folder)) return;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.stdout.write(`✔ deleted ${folder}\n`);
};

/** @param {string[]} args */
const docker = (args) => execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** @returns {string[]} names of the volumes that are gone; none where there is no Docker engine */
const removeDockerVolumes = () => {
  try {
    const label = `label=dev.claimwire.checkout=${CHECKOUT_ID}`;
    const volumes = docker(['volume', 'ls', '-q', '--filter', label]).split('\n').filter(Boolean);
    for (const volume of volumes) docker(['volume', 'rm', volume]);
    return volumes;
  } catch {
    return [];
  }
};

await runCli({
  parse: parseReset,
  help: RESET_HELP,
  main: async () => {
    refuseWhileRunning();
    await clearOrphans();
    for (const volume of removeDockerVolumes()) process.stdout.write(`✔ deleted the Docker volume ${volume}\n`);
    if (!isOurs(VAR)) {
      process.stdout.write('There is no data of "npm start" here.\n');
      return 0;
    }
    for (const folder of outsideFolders(VAR)) remove(folder);
    for (const name of readdirSync(VAR)) {
      if (name !== 'log') rmSync(join(VAR, name), { recursive: true, force: true, maxRetries: 5 });
    }
    process.stdout.write('✔ deleted the data in var/ (the logs stay)\n');
    return 0;
  },
});
