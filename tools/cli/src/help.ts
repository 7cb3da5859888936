import type { Command } from './command.js';
import { EXIT_HELP } from './exit-codes.js';

/** What `claimwire --help` says. */
export function commandList(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`);
  return `claimwire <command> [options]: what an operator does by hand. "claimwire <command> --help" says all about one.

${lines.join('\n')}

PostgreSQL and Kafka are found by the settings of the apps (DATABASE_URL, KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, …), in a
checkout without them by the running "npm start".

${EXIT_HELP}`;
}
