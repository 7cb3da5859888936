import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT_ID, Failure } from './bootstrap-modules.js';
import type { EnginePorts } from './engine-ports.js';

export interface DockerSettings {
  readonly root: string;
  readonly ports: EnginePorts;
  readonly password: string;
  readonly database: string;
}

const PULL_DEADLINE_MS = 15 * 60_000;

/** Arguments of `docker` for one compose command; project and volumes carry the checkout's id. */
export const composeArgs = (root: string, command: readonly string[]): string[] => [
  ...['compose', '--project-name', `claimwire-${CHECKOUT_ID}`],
  ...['--file', join(root, 'docker/compose.engine.yml')],
  ...command,
];

/** Values for the variables of docker/compose.engine.yml. */
export const composeEnv = ({ ports, password, database }: DockerSettings): Record<string, string> => ({
  CLAIMWIRE_CHECKOUT: CHECKOUT_ID,
  CLAIMWIRE_KAFKA_PORT: String(ports.kafka),
  CLAIMWIRE_POSTGRES_PORT: String(ports.postgres),
  CLAIMWIRE_POSTGRES_PASSWORD: password,
  CLAIMWIRE_POSTGRES_DATABASE: database,
});

const compose = async (settings: DockerSettings, command: readonly string[]): Promise<void> => {
  const options = { timeout: PULL_DEADLINE_MS, env: { ...process.env, ...composeEnv(settings) } };
  try {
    await promisify(execFile)('docker', composeArgs(settings.root, command), options);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Failure(`docker compose ${command[0]} failed: ${stderr?.trim() || String(error)}`);
  }
};

/** Starts both containers and waits until they are healthy. */
export const composeUp = (settings: DockerSettings): Promise<void> => compose(settings, ['up', '--detach', '--wait']);

/** Removes the containers; the volumes with the data stay. */
export const composeDown = (settings: DockerSettings): Promise<void> => compose(settings, ['down']);
