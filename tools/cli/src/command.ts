import type { KafkaHandle } from '@claimwire/kafka';
import type { Keyring } from '@claimwire/keyring';
import type { Pool } from '@claimwire/postgres';
import type { Environment } from '@claimwire/service-host';
import type { ApiClient, ApiOptions } from './api-client.js';
import type { OptionTable } from './parse-options.js';

/** What a command may use. Stores are opened at the first call and closed after the command. */
export interface Cli {
  /** One line of the result, on stdout. */
  print: (line: string) => void;
  /** One line for the person who waits, on stderr. */
  say: (line: string) => void;
  /** Aborted by Ctrl-C or SIGTERM: stop where nothing is half done and return EXIT.interrupted. */
  readonly signal: AbortSignal;
  /** The settings: the environment, or the running development system's. */
  readonly env: Environment;
  /** @throws SettingsError */
  database(): Pool;
  /** @throws SettingsError */
  kafka(): KafkaHandle;
  /** @throws SettingsError */
  keyring(): Keyring;
  /** The REST API, as whoever has the key. @throws SettingsError */
  api(options: ApiOptions): Promise<ApiClient>;
}

/** One word after `claimwire`. */
export interface Command {
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** Everything about it, exit codes included. */
  readonly help: string;
  /** What `--help` says with these words before it, where that is less than everything. */
  helpFor?(args: readonly string[]): string;
  /** What may stand first after the command's name: its actions. */
  readonly words?: readonly string[];
  /** All that it takes beside `--help`; completion is made of it. */
  readonly options: OptionTable;
  /**
   * @param args what follows the command's name, `--help` never among them
   * @returns the exit code (EXIT)
   * @throws UsageError, SettingsError
   */
  run(args: string[], cli: Cli): Promise<number>;
}
