// @ts-check

const SILENT_MS = 2_000;
const PLAIN_INTERVAL_MS = 15_000;

/** @param {number} since epoch milliseconds */
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Runs a step. One that takes over two seconds says so while it runs: on a terminal by a line that counts, elsewhere
 * by plain lines; when it is done it is one line with its time.
 * @template T
 * @param {string} label such as "Installing packages"
 * @param {() => Promise<T>} run
 * @param {(result: T) => boolean} [isGood] for a step that fails without throwing
 * @returns {Promise<T>}
 */
export const step = async (label, run, isGood = () => true) => {
  const started = Date.now();
  const out = process.stdout;
  let announced = false;
  const announce = () => {
    if (out.isTTY) out.write(`\r  ${label} … ${seconds(started)} `);
    else out.write(announced ? `  ${label}: still at it after ${seconds(started)}\n` : `  ${label} …\n`);
    announced = true;
  };
  /** @type {NodeJS.Timeout | undefined} */
  let repeated;
  const first = setTimeout(
    () => {
      announce();
      repeated = setInterval(announce, out.isTTY ? 200 : PLAIN_INTERVAL_MS);
    },
    out.isTTY ? 300 : SILENT_MS,
  );
  /** @param {string} mark */
  const finish = (mark) => {
    clearTimeout(first);
    clearInterval(repeated);
    out.write(`${out.isTTY && announced ? '\r\x1b[K' : ''}${mark} ${label} (${seconds(started)})\n`);
  };
  try {
    const result = await run();
    finish(isGood(result) ? '✔' : '✘');
    return result;
  } catch (error) {
    finish('✘');
    throw error;
  }
};
