// @ts-check
import { step } from './progress.mjs';
import { Failure } from './run-cli.mjs';
import { runLogged, tail } from './run-command.mjs';

/** Builds every project; what has not changed comes from Nx's cache. @throws {Failure} with the compiler's output */
export const buildAll = () =>
  step('Building (nx run-many -t build)', async () => {
    const { code, logFile } = await runLogged('build', 'nx', ['run-many', '-t', 'build', '--outputStyle=static']);
    if (code !== 0) throw new Failure(`The build failed:\n${await tail(logFile)}`);
  });
