// @ts-check
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './install.mjs';
import { step } from './progress.mjs';
import { Failure, runCli } from './run-cli.mjs';
import { endTogether, runLogged, tail } from './run-command.mjs';
import { PINNED_NODE, ROOT, toolEnv } from './workspace.mjs';

/**
 * A tool with a project of its own under tools/.
 * @typedef {object} Tool
 * @property {string} name of its folder and package
 * @property {string} script what runs it, in its dist
 */

/** What the tool needs and no more; unchanged, it comes from Nx's cache. @param {string} name @throws {Failure} with the compiler's output */
const build = async (name) => {
  const { code, logFile } = await runLogged(`build-${name}`, 'nx', [
    'run',
    `@claimwire/${name}:build`,
    '--outputStyle=static',
  ]);
  if (code !== 0) throw new Failure(`The build failed:\n${await tail(logFile)}`);
};

/**
 * Hands over to the tool under Node 24; paths in its options are those of the shell that npm was called from.
 * @param {string} script
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
const handOver = (script, args) =>
  new Promise((resolve) => {
    const child = spawn(PINNED_NODE, ['--enable-source-maps', script, ...args], {
      cwd: process.env.INIT_CWD ?? process.cwd(),
      env: toolEnv(),
      stdio: 'inherit',
    });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.removeAllListeners(signal);
      // A Ctrl-C reaches both of us from the terminal: the tool sums up, and we wait for it.
      process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
    }
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(1));
  });

/** Installs and builds what the tool needs, then becomes it. @param {Tool} tool */
export const runTool = async ({ name, script }) => {
  const file = join(ROOT, 'tools', name, 'dist', script);
  await runCli({
    // The options, --help among them, are the tool's own to read.
    parse: (args) => ({ help: false, args }),
    help: '',
    main: async ({ args }) => {
      endTogether();
      await installPackages();
      // From the second time on it takes a moment and says nothing: the output is the tool's.
      await (existsSync(file) ? build(name) : step(`Building tools/${name}`, () => build(name)));
      return handOver(file, args);
    },
  });
};
