import { availableParallelism } from 'node:os';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

/**
 * Tests read the libraries' sources, so that no build stands between an edit and its test. Vitest hands this list to
 * Node as `--conditions`: with "import" in it, `require` would load ES modules, which breaks packages such as pg.
 */
const conditions = ['@claimwire/source', 'node'];

/** By file name: what a test needs decides which project it is in (docs/testing.md). */
const project = (name: string, include: string[], more: object = {}) => ({
  plugins: [swc.vite({ module: { type: 'es6' } })],
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node'] } },
  test: { name, include, exclude: ['**/node_modules/**', '**/dist/**', 'var/**'], environment: 'node', ...more },
});

/** `npm run fuzz` sets it: so many cases for each property test that leaves their number open. */
const fuzzing = process.env.FUZZ_CASES
  ? { setupFiles: ['libs/testkit/src/vitest-fuzz-setup.ts'], testTimeout: 60 * 60_000 }
  : {};

const realParts = {
  globalSetup: ['libs/testkit/src/vitest-global-setup.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // A poll waits for what must come; on a busy machine one second, Vitest's default, is not enough for anything.
  expect: { poll: { timeout: 20_000, interval: 50 } },
};

/** Tests on real parts wait more than they compute: Vitest's default, one core less than there are, leaves two idle. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      project('unit', ['**/!(*.property|*.int|*.e2e|*.chaos).spec.ts'], fuzzing),
      project('property', ['**/*.property.spec.ts'], { testTimeout: 120_000, ...fuzzing }),
      project('integration', ['**/*.int.spec.ts'], realParts),
      project('e2e', ['test/**/*.e2e.spec.ts', 'test/**/*.chaos.spec.ts'], {
        ...realParts,
        testTimeout: 180_000,
        fileParallelism: false,
      }),
    ],
  },
});
