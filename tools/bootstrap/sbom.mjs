// @ts-check
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './cli-options.mjs';
import { Failure, runCli } from './run-cli.mjs';
import { ROOT, toolEnv, VAR } from './workspace.mjs';

const HELP = `npm run sbom -- [options]: what ships, as a CycloneDX software bill of materials

  --out <file>  where to (default: var/sbom.cdx.json)
  --help        this text

From package-lock.json, without development dependencies and without the network. Exit code: 0 written; 1 failed; 2 wrong usage.
`;

/** @param {string[]} args */
const parse = (args) => {
  try {
    const options = /** @type {const} */ ({ out: { type: 'string' }, help: { type: 'boolean', default: false } });
    return parseArgs({ args, options, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/** @returns {Promise<string>} @throws {Failure} */
const npmSbom = () =>
  new Promise((done, refuse) => {
    const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'];
    const options = { cwd: ROOT, env: toolEnv(), maxBuffer: 256 * 1024 * 1024 };
    execFile('npm', args, options, (error, stdout, stderr) =>
      error ? refuse(new Failure(`npm sbom failed:\n${stderr}`)) : done(stdout),
    );
  });

await runCli({
  parse,
  help: HELP,
  main: async ({ out }) => {
    const file = out === undefined ? join(VAR, 'sbom.cdx.json') : resolve(process.env.INIT_CWD ?? process.cwd(), out);
    const bill = await npmSbom();
    const { components = [] } = /** @type {{ components?: unknown[] }} */ (JSON.parse(bill));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bill);
    process.stdout.write(`${components.length} components in ${file}\n`);
    return 0;
  },
});
