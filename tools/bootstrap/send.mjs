// @ts-check
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './install.mjs';
import { step } from './progress.mjs';
import { Failure, runCli } from './run-cli.mjs';
import { endTogether, runLogged, tail } from './run-command.mjs';
import { PINNED_NODE, ROOT, toolEnv } from './workspace.mjs';

const SENDER = join(ROOT, 'tools/send/dist/send.js');

/** What the sender needs and no more; unchanged, it comes from Nx's cache. @throws {Failure} with the compiler's output */
const buildSender = async () => {
  const { code, logFile } = await runLogged('build-send', 'nx', [
    'run',
    '@claimwire/send:build',
    '--outputStyle=static',
  ]);
  if (code !== 0) throw new Failure(`The build failed:\n${await tail(logFile)}`);
};

/**
 * Hands over to the sender under Node 24; paths in its options are those of the shell that npm was called from.
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
const sendWith = (args) =>
  new Promise((resolve) => {
    const command = ['--enable-source-maps', SENDER, ...args];
    const child = spawn(PINNED_NODE, command, {
      cwd: process.env.INIT_CWD ?? process.cwd(),
      env: toolEnv(),
      stdio: 'inherit',
    });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.removeAllListeners(signal);
      // A Ctrl-C reaches both of us from the terminal: the sender sums up, and we wait for it.
      process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
    }
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(1));
  });

await runCli({
  // The options, --help among them, are the sender's own to read.
  parse: (args) => ({ help: false, args }),
  help: '',
  main: async ({ args }) => {
    endTogether();
    await installPackages();
    // From the second time on it takes a moment and says nothing: the output is the sender's.
    await (existsSync(SENDER) ? buildSender() : step('Building the sender', buildSender));
    return sendWith(args);
  },
});
