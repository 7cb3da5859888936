import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll } from 'vitest';

/**
 * Loaded where FUZZ_CASES is set (docs/testing.md): property tests that leave the number to us run so many cases, from
 * FUZZ_SEED where there is one. Where FUZZ_PROGRESS names a folder, this test file says there how many it has begun.
 */
const { FUZZ_CASES, FUZZ_SEED, FUZZ_PROGRESS } = process.env;

const REPORT_EVERY = 500;
const report = FUZZ_PROGRESS ? join(FUZZ_PROGRESS, randomUUID()) : null;
let begun = 0;

const tell = (): void => {
  if (report) writeFileSync(report, String(begun));
};

fc.configureGlobal({
  numRuns: Number(FUZZ_CASES),
  ...(FUZZ_SEED === undefined ? {} : { seed: Number(FUZZ_SEED) }),
  beforeEach: () => {
    begun += 1;
    if (begun % REPORT_EVERY === 0) tell();
  },
});
afterAll(tell);
