// @ts-check

const EVERY_MS = 500;

/**
 * Ends this process as SIGTERM does when the npm that started it is gone. npm hands a signal that was sent to it alone (`kill`, a step of
 * CI that is over) to its shell only, and that ends without telling us: all that we started would run on, unseen.
 * @param {NodeJS.ProcessEnv} [env]
 */
export const endWithNpm = (env = process.env) => {
  if (!env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, EVERY_MS);
  timer.unref();
};
