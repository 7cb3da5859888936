import type { KafkaHandle } from '@claimwire/kafka';
import type { Keyring } from '@claimwire/keyring';
import type { Pool } from '@claimwire/postgres';

/** What a command may use. Stores are opened at the first call and closed after the command. */
export interface Cli {
  /** One line of the result, on stdout. */
  print: (line: string) => void;
  /** One line for the person who waits, on stderr. */
  say: (line: string) => void;
  /** Aborted by Ctrl-C or SIGTERM: stop where nothing is half done and return EXIT.interrupted. */
  readonly signal: AbortSignal;
  /** @throws SettingsError */
  database(): Pool;
  /** @throws SettingsError */
  kafka(): KafkaHandle;
  /** @throws SettingsError */
  keyring(): Keyring;
}

/** One word after `claimwire`. */
export interface Command {
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** Everything about it, exit codes included. */
  readonly help: string;
  /**
   * @param args what follows the command's name, `--help` never among them
   * @returns the exit code (EXIT)
   * @throws UsageError, SettingsError
   */
  run(args: string[], cli: Cli): Promise<number>;
}
