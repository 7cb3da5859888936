import { mkdirSync } from 'node:fs';
import { Failure, markFolder, type StartOptions } from './bootstrap-modules.js';
import { devPaths } from './dev-paths.js';
import { DevSystem } from './dev-system.js';

/** What `npm start` runs under Node 24 (tools/bootstrap/start.mjs); its one argument is the options as JSON. */
const readOptions = (): StartOptions => {
  const text = process.argv[2];
  if (!text?.startsWith('{')) throw new Failure('This is run by "npm start".');
  return JSON.parse(text) as StartOptions;
};

/** Ctrl-C, a polite kill, a closed terminal, or the end of who started us. */
const onStopRequest = (stop: () => void): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  // Nobody reads any more, which is no reason to leave servers behind.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
};

const run = async (): Promise<number> => {
  const options = readOptions();
  const paths = devPaths();
  for (const folder of paths.outside) markFolder(folder);
  markFolder(paths.var, paths.outside);
  mkdirSync(paths.logFolder, { recursive: true });
  const system = new DevSystem(options, paths, (line) => console.log(line));
  const stopRequested = new Promise<void>((resolve) => onStopRequest(resolve));
  try {
    await Promise.race([system.start(), stopRequested]);
    await stopRequested;
  } finally {
    await system.stop();
  }
  return 0;
};

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
}
// Whatever a library still holds open must not keep a stopped system's terminal.
process.exit();
