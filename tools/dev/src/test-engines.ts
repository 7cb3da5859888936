import { startTestEngines } from '@claimwire/testkit';

/** Run by tools/bootstrap/test.mjs: one line of JSON with the TEST_* settings, then up until stdin ends. */
const engines = await startTestEngines({
  kafka: !process.env.TEST_KAFKA_BROKERS,
  postgres: !process.env.TEST_DATABASE_URL,
});
console.log(JSON.stringify(engines.env));

let stopping: Promise<void> | undefined;
const stop = (): void => {
  stopping ??= engines.stop().then(() => process.exit(0));
};
process.stdin.resume().on('end', stop).on('close', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
