import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats until `check` neither throws nor returns undefined.
 * @throws what the last try threw, or an Error saying what never came
 */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let failure: unknown = new Error(`${what}: nothing within ${timeoutMs} ms`);
  while (Date.now() < deadline) {
    try {
      const value = await check();
      if (value !== undefined) return value;
    } catch (error) {
      failure = error;
    }
    await sleep(100);
  }
  throw failure;
}
