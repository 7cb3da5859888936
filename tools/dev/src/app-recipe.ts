import { join } from 'node:path';
import { type Launch, nodeOptions, ServerProcess } from '@claimwire/testkit';
import type { ServerRecipe } from './kept-server.js';
import type { ProcessSpec } from './process-table.js';

const READY_DEADLINE_MS = 60_000;
const PROBE_DEADLINE_MS = 2_000;

export interface AppPlaces {
  /** The checkout. */
  readonly root: string;
  readonly logFolder: string;
}

const answersReady = (managementUrl: string): Promise<boolean> =>
  fetch(`${managementUrl}/readyz`, { signal: AbortSignal.timeout(PROBE_DEADLINE_MS) }).then(
    (response) => response.ok,
    () => false,
  );

/** Nothing of our own environment is handed on but what a process needs to run at all: settings come from the table. */
const processEnv = (spec: ProcessSpec): NodeJS.ProcessEnv => {
  const { PATH, HOME, LANG, TZ, LOG_LEVEL } = process.env;
  return { PATH, HOME, LANG, TZ, ...(LOG_LEVEL ? { LOG_LEVEL } : {}), ...spec.env };
};

export const logFileOf = (places: AppPlaces, name: string): string => join(places.logFolder, `${name}.log`);

/** How to run one process of an app; it is up when its management port says that it is ready. */
export const appRecipe = (spec: ProcessSpec, places: AppPlaces): ServerRecipe => ({
  name: spec.name,
  stopSignal: 'SIGTERM',
  start: async (launch: Launch) => {
    const server = new ServerProcess(
      {
        name: spec.name,
        command: process.execPath,
        args: [
          '--enable-source-maps',
          ...nodeOptions(places.root, spec.app),
          join(places.root, 'apps', spec.app, 'dist/main.js'),
        ],
        cwd: places.root,
        logFile: logFileOf(places, spec.name),
        stopSignal: 'SIGTERM',
        env: processEnv(spec),
      },
      launch,
    );
    await server.ready(() => answersReady(spec.managementUrl), READY_DEADLINE_MS);
    return { pid: server.pid, ended: server.ended, stop: () => server.stop() };
  },
});
