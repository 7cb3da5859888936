import { COMMANDS } from './commands.js';
import { run } from './run.js';

// `| head` is no error.
process.stdout.on('error', () => undefined);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
process.exitCode = await run(process.argv.slice(2), {
  commands: COMMANDS,
  env: process.env,
  print: (line) => console.log(line),
  say: (line) => console.error(line),
  signal: stop.signal,
});
