import { describe, expect, it } from 'vitest';
import { countTests, kindOf, summary, totalOf } from './test-report.mjs';

const file = (name: string, ...outcomes: string[]) => ({
  name,
  status: outcomes.includes('failed') ? 'failed' : 'passed',
  assertionResults: outcomes.map((status) => ({ status })),
});

describe('the test report', () => {
  it('knows the kind of a test by its file', () => {
    expect(
      ['/a/x.spec.ts', '/a/x.property.spec.ts', '/a/x.int.spec.ts', '/t/x.e2e.spec.ts', '/t/x.chaos.spec.ts'].map(
        kindOf,
      ),
    ).toEqual(['unit', 'property', 'integration', 'e2e', 'e2e']);
  });

  it('counts by kind and in total, with the total as its last line', () => {
    const counts = countTests([
      file('/a.spec.ts', 'passed', 'passed', 'failed', 'skipped'),
      file('/b.int.spec.ts', 'passed'),
    ]);
    expect(counts.unit).toEqual({ passed: 2, failed: 1, skipped: 1 });
    expect(totalOf(counts)).toEqual({ passed: 3, failed: 1 });
    expect(
      summary([{ name: 'lint', outcome: 'passed', seconds: 1 }], counts)
        .trimEnd()
        .split('\n')
        .at(-1),
    ).toBe('3 passed, 1 failed');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const counts = countTests([{ name: '/a.spec.ts', status: 'failed', assertionResults: [] }]);
    expect(totalOf(counts)).toEqual({ passed: 0, failed: 1 });
  });
});
