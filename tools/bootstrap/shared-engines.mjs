// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from './run-cli.mjs';
import { PINNED_NODE, ROOT, toolEnv } from './workspace.mjs';

/**
 * Starts Kafka and PostgreSQL once for all steps that need them; what TEST_* names already is used instead.
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> }>} env: TEST_* for the tests
 * @throws {Failure} when they do not come up
 */
export const startSharedEngines = async () => {
  const child = spawn(PINNED_NODE, [join(ROOT, 'tools/dev/dist/test-engines.js')], {
    cwd: ROOT,
    env: toolEnv(),
    stdio: ['pipe', 'pipe', 'inherit'],
    // Not in the terminal's group: a Ctrl-C reaches us, and we stop it once the tests have ended.
    detached: true,
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), exited.then(() => null)]);
  if (first === null) throw new Failure('Kafka and PostgreSQL did not start: see above.');
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  return { env: JSON.parse(String(first[0])), stop };
};
