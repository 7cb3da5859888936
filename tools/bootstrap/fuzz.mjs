// @ts-check
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUZZ_HELP, parseFuzz } from './fuzz-options.mjs';
import { installPackages } from './install.mjs';
import { runCli } from './run-cli.mjs';
import { tail } from './run-command.mjs';
import { ROOT, toolEnv, VAR } from './workspace.mjs';

/** No case may take seconds: whoever has not begun another few hundred for so long hangs. */
const HANG_MS = 120_000;
const LOOK_EVERY_MS = 1_000;
const PLAIN_INTERVAL_MS = 15_000;

/** @type {import('node:child_process').ChildProcess | null} */
let running = null;
let interrupted = false;

/** With all its workers: one that hangs hears no signal but this. */
const killRunning = () => {
  if (running?.pid === undefined || running.exitCode !== null) return;
  process.kill(-running.pid, 'SIGKILL');
};

/** @param {string} folder where each test file says how many cases it has begun */
const countCases = (folder) =>
  readdirSync(folder).reduce((sum, name) => sum + Number(readFileSync(join(folder, name), 'utf8')), 0);

/** @param {string} provider @returns {string[]} of what fuzzes this provider, and nothing else of the same files */
const vitestArgs = (provider) => [
  ...['run', '--project', 'unit', '--project', 'property'],
  `libs/providers/${provider}/src/${provider}.conformance.spec.ts`,
  'libs/ingress/src/webhook-receiver.property.spec.ts',
  ...['-t', `^(${provider}: .*(takes damaged bodies|refuses whatever else)|receiving from ${provider} )`],
];

/**
 * @param {string} provider
 * @param {import('./fuzz-options.mjs').FuzzOptions} options
 * @param {string} folder
 */
const startVitest = (provider, { cases, seed }, folder) => {
  mkdirSync(join(VAR, 'log'), { recursive: true });
  const logFile = join(VAR, 'log', `fuzz-${provider}.log`);
  const log = createWriteStream(logFile);
  const env = { ...toolEnv(), FUZZ_CASES: String(cases), FUZZ_SEED: String(seed), FUZZ_PROGRESS: folder };
  const child = spawn('vitest', vitestArgs(provider), {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  running = child;
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.once('error', (error) => log.end(`${error.message}\n`, () => resolve(1)));
    child.once('close', (code) => log.end(() => resolve(code ?? 1)));
  });
  return { ended, logFile };
};

/** @param {string} provider @param {number} started epoch milliseconds */
const teller = (provider, started) => {
  let toldAt = started;
  /** @param {number} count */
  const text = (count) =>
    `${provider}: ${count.toLocaleString('en')} cases (${((Date.now() - started) / 1000).toFixed(0)} s)`;
  return {
    /** @param {number} count */
    progress: (count) => {
      if (process.stdout.isTTY) process.stdout.write(`\r  ${text(count)} `);
      else if (Date.now() - toldAt >= PLAIN_INTERVAL_MS) {
        toldAt = Date.now();
        process.stdout.write(`  ${text(count)}\n`);
      }
    },
    /** @param {string} mark @param {number} count */
    done: (mark, count) => process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${mark} ${text(count)}\n`),
  };
};

/**
 * @param {string} provider
 * @param {import('./fuzz-options.mjs').FuzzOptions} options
 * @returns {Promise<boolean>} whether nothing was found
 */
const fuzz = async (provider, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'claimwire-fuzz-'));
  const tell = teller(provider, Date.now());
  const { ended, logFile } = startVitest(provider, options, folder);
  let [count, changedAt, hung] = [0, Date.now(), false];
  const look = setInterval(() => {
    const now = countCases(folder);
    if (now !== count) [count, changedAt] = [now, Date.now()];
    hung = Date.now() - changedAt > HANG_MS;
    if (hung) killRunning();
    tell.progress(count);
  }, LOOK_EVERY_MS);
  const code = await ended;
  clearInterval(look);
  count = countCases(folder);
  rmSync(folder, { recursive: true, force: true });
  // Where no case was run, nothing was looked at, whatever Vitest thinks of that.
  const good = code === 0 && !hung && count > 0;
  tell.done(good ? '✔' : '✘', count);
  if (good || interrupted) return good;
  if (hung) process.stdout.write(`A case did not end: nothing moved for ${HANG_MS / 1000} s.\n`);
  const again = `npm run fuzz -- --provider ${provider} --cases ${options.cases} --seed ${options.seed}`;
  process.stdout.write(`${await tail(logFile, 100)}\n(all of it: ${logFile})\nThe same cases again: ${again}\n`);
  return false;
};

await runCli({
  parse: parseFuzz,
  help: FUZZ_HELP,
  main: async (options) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.once(signal, () => {
        interrupted = true;
        killRunning();
      });
    }
    await installPackages();
    const cases = options.cases.toLocaleString('en');
    process.stdout.write(`${cases} cases for each parser and sample, seed ${options.seed}\n`);
    const results = [];
    for (const provider of options.providers) if (!interrupted) results.push(await fuzz(provider, options));
    return interrupted ? 130 : results.every(Boolean) ? 0 : 1;
  },
});
