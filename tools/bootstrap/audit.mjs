// @ts-check
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './cli-options.mjs';
import { judgeAdvisories, readAdvisories } from './judge-advisories.mjs';
import { runCli } from './run-cli.mjs';
import { ROOT, toolEnv } from './workspace.mjs';

const HELP = `npm run audit -- [options]: known vulnerabilities of what ships (npm audit, without development dependencies)

  --require  fails also where the registry's advisories cannot be asked; without it that is said, and no failure
  --help     this text

Exceptions, each with a reason and the day on which it ends, are in tools/bootstrap/audit-exceptions.json.
Exit code: 0 nothing is open; 1 something is, or an exception has expired or is needed no longer; 2 wrong usage.
`;
const EXCEPTIONS = join(ROOT, 'tools', 'bootstrap', 'audit-exceptions.json');

/** @param {string[]} args */
const parse = (args) => {
  try {
    const boolean = /** @type {const} */ ({ type: 'boolean', default: false });
    return parseArgs({ args, options: { require: boolean, help: boolean }, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/** @returns {Promise<unknown>} what npm printed as JSON; null where it printed none */
const npmAudit = () =>
  new Promise((resolve) => {
    const options = { cwd: ROOT, env: toolEnv(), maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
    execFile('npm', ['audit', '--omit=dev', '--json'], options, (_error, stdout) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        resolve(null);
      }
    });
  });

await runCli({
  parse,
  help: HELP,
  main: async ({ require }) => {
    const advisories = readAdvisories(await npmAudit());
    if (advisories === null) {
      process.stdout.write('NOT CHECKED: the registry has no advisories to ask for, or was not reached.\n');
      return require ? 1 : 0;
    }
    const { open, accepted, problems } = judgeAdvisories(
      advisories,
      JSON.parse(readFileSync(EXCEPTIONS, 'utf8')),
      new Date(),
    );
    for (const { id, package: name, severity, title } of open) {
      process.stdout.write(`✘ ${name} (${severity}): ${title}\n  ${id}\n`);
    }
    for (const problem of problems) process.stdout.write(`✘ ${problem}\n`);
    process.stdout.write(`${open.length} open, ${accepted.length} accepted by an exception.\n`);
    return open.length + problems.length === 0 ? 0 : 1;
  },
});
