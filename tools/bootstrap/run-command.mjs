// @ts-check
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endWithNpm } from './end-with-npm.mjs';
import { ROOT, toolEnv, VAR } from './workspace.mjs';

/**
 * @typedef {object} CommandResult
 * @property {number} code exit code; 1 also when it could not be started or was ended by a signal
 * @property {string} logFile everything it printed
 */

/** Children that a Ctrl-C or SIGTERM for us must end. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends what {@link runLogged} runs when we are told to end, or npm is gone, and then us. */
export const endTogether = () => {
  endWithNpm();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      for (const child of running) child.kill('SIGTERM');
      process.exitCode = 130;
      setTimeout(() => process.exit(130), 30_000).unref();
    });
  }
};

/**
 * Runs a command in the checkout, or elsewhere, its output in var/log/<name>.log.
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [cwd]
 * @returns {Promise<CommandResult>}
 */
export const runLogged = (name, command, args, env = toolEnv(), cwd = ROOT) => {
  mkdirSync(join(VAR, 'log'), { recursive: true });
  const logFile = join(VAR, 'log', `${name}.log`);
  const log = createWriteStream(logFile);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    /** @param {number} code */
    const done = (code) => {
      running.delete(child);
      log.end(() => resolve({ code, logFile }));
    };
    child.once('error', (error) => {
      log.write(`${error.message}\n`);
      done(1);
    });
    child.once('close', (code) => done(code ?? 1));
  });
};

/**
 * The last lines of a log, for a failure message.
 * @param {string} logFile
 * @param {number} [lines]
 */
export const tail = async (logFile, lines = 60) => {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
};
