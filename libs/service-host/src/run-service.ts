import { armFault } from './fault-point.js';
import type { HostConfig } from './host-config.js';
import { answerHelp, loadConfig } from './load-config.js';
import { createLogger, type RootLogger } from './logger.js';
import type { SettingDefaults } from './read-config.js';
import type { ConfigClass } from './setting.js';
import { type RunningService, type ServiceDefinition, startService } from './start-service.js';

export interface RunOptions<C extends HostConfig> extends ServiceDefinition<C> {
  config: ConfigClass<C>;
  /** This app's own defaults, for example `{ PORT: 4101, MANAGEMENT_PORT: 5101 }`. */
  defaults?: SettingDefaults;
}

/**
 * The whole life of a process: `--help`; settings (exit 78 with all problems); start; SIGTERM or SIGINT → stop within
 * SHUTDOWN_GRACE_MS, exit 0 (1 if it took longer); a failed start or an unhandled error → log, exit 1.
 */
export async function runService<C extends HostConfig>({
  config: configClass,
  ...options
}: RunOptions<C>): Promise<void> {
  const { name } = options;
  const defaults = { KAFKA_CLIENT_ID: name, ...options.defaults };
  answerHelp(configClass, { name, defaults });
  const config = loadConfig(configClass, process.env, { name, defaults });
  armFault(config.CLAIMWIRE_TEST_FAULT);
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  exitOnUnhandled(logger);
  try {
    const service = await startService(options, config, logger);
    stopOnSignal(service, config.SHUTDOWN_GRACE_MS);
  } catch (error) {
    logger.fatal({ err: error }, 'service could not start');
    process.exit(1);
  }
}

/** A bug or an outage that nobody caught: state may be half changed, so the process ends and starts clean. */
function exitOnUnhandled(logger: RootLogger): void {
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error, event }, 'unhandled error, exiting');
      process.exit(1);
    });
  }
}

function stopOnSignal({ stop, logger }: RunningService, graceMs: number): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'service stopping');
    setTimeout(() => giveUp(logger, graceMs), graceMs).unref();
    stop().then(
      () => {
        logger.info('service stopped');
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'service stopped with an error');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

function giveUp(logger: RootLogger, graceMs: number): void {
  logger.error({ graceMs }, 'work in flight did not end in time, exiting');
  process.exit(1);
}
