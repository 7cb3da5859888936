import { run } from './run.js';

// `| head` is no error.
process.stdout.on('error', () => undefined);
process.exitCode = await run(
  process.argv.slice(2),
  (line) => console.log(line),
  (line) => console.error(line),
);
