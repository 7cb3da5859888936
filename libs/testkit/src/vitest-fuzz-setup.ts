import fc from 'fast-check';

/** Loaded where FUZZ_CASES is set (docs/testing.md): property tests that leave the number to us run so many cases. */
fc.configureGlobal({ numRuns: Number(process.env.FUZZ_CASES) });
