// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { appPorts } from './apps.mjs';
import { buildAll } from './build.mjs';
import { checkMachine, clearOrphans, refuseWhileRunning } from './check-machine.mjs';
import { parseStart, START_HELP } from './cli-options.mjs';
import { installPackages } from './install.mjs';
import { runCli } from './run-cli.mjs';
import { endTogether } from './run-command.mjs';
import { PINNED_NODE, ROOT, toolEnv } from './workspace.mjs';

/**
 * Hands over to the supervisor under Node 24. A Ctrl-C reaches it from the terminal as well as us; a signal sent to us
 * alone is passed on; and when we are killed, it sees our end of the channel close and stops everything.
 * @param {import('./cli-options.mjs').StartOptions} options
 * @returns {Promise<number>} its exit code
 */
const supervise = (options) =>
  new Promise((resolve) => {
    const child = spawn(
      PINNED_NODE,
      ['--enable-source-maps', join(ROOT, 'tools/dev/dist/start.js'), JSON.stringify(options)],
      {
        cwd: ROOT,
        env: toolEnv(),
        stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      },
    );
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.removeAllListeners(signal);
      process.on(signal, () => child.kill('SIGTERM'));
    }
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(1));
  });

await runCli({
  parse: parseStart,
  help: START_HELP,
  main: async (options) => {
    endTogether();
    refuseWhileRunning();
    await clearOrphans();
    await checkMachine(appPorts(options.portOffset), options);
    await installPackages();
    await buildAll();
    return supervise(options);
  },
});
