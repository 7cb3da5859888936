// @ts-check
import { readFileSync } from 'node:fs';

/** @typedef {'unit' | 'property' | 'integration' | 'e2e'} Kind */
/** @typedef {{ passed: number, failed: number, skipped: number }} Count */
/** @typedef {{ status: string }} Assertion */
/** @typedef {{ name: string, status: string, assertionResults: Assertion[] }} TestFile */

/** @type {readonly Kind[]} */
export const KINDS = ['unit', 'property', 'integration', 'e2e'];

/** By file name, as vitest.config.ts sorts them. @param {string} file @returns {Kind} */
export const kindOf = (file) => {
  if (file.endsWith('.property.spec.ts')) return 'property';
  if (file.endsWith('.int.spec.ts')) return 'integration';
  return /\.(e2e|chaos)\.spec\.ts$/.test(file) ? 'e2e' : 'unit';
};

/** @returns {Record<Kind, Count>} */
const noCounts = () => ({
  unit: { passed: 0, failed: 0, skipped: 0 },
  property: { passed: 0, failed: 0, skipped: 0 },
  integration: { passed: 0, failed: 0, skipped: 0 },
  e2e: { passed: 0, failed: 0, skipped: 0 },
});

/**
 * Counts tests by kind. A file that could not run at all counts as one failed test: it must not vanish from the total.
 * @param {readonly TestFile[]} files of Vitest's JSON reports
 */
export const countTests = (files) => {
  const counts = noCounts();
  for (const { name, status, assertionResults } of files) {
    const count = counts[kindOf(name)];
    for (const { status: outcome } of assertionResults) {
      if (outcome === 'passed') count.passed += 1;
      else if (outcome === 'failed') count.failed += 1;
      else count.skipped += 1;
    }
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) count.failed += 1;
  }
  return counts;
};

/** @param {string} file @returns {TestFile[]} empty when the run ended before it could write the report */
export const readReport = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults;
  } catch {
    return [];
  }
};

/** @param {Record<Kind, Count>} counts */
export const totalOf = (counts) => ({
  passed: KINDS.reduce((sum, kind) => sum + counts[kind].passed, 0),
  failed: KINDS.reduce((sum, kind) => sum + counts[kind].failed, 0),
});

/** @typedef {{ name: string, outcome: 'passed' | 'failed' | 'skipped', seconds: number }} StepResult */

/**
 * The closing words of a run; the last line is `N passed, N failed`.
 * @param {readonly StepResult[]} steps
 * @param {Record<Kind, Count>} counts
 */
export const summary = (steps, counts) => {
  const marks = { passed: '✔', failed: '✘', skipped: '–' };
  const table = steps.map(
    ({ name, outcome, seconds }) =>
      `  ${marks[outcome]} ${name.padEnd(26)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${outcome}`,
  );
  const kinds = KINDS.map(
    (kind) =>
      `  ${kind.padEnd(12)} ${counts[kind].passed} passed, ${counts[kind].failed} failed, ${counts[kind].skipped} skipped`,
  );
  const { passed, failed } = totalOf(counts);
  return ['', 'Steps', ...table, '', 'Tests', ...kinds, '', `${passed} passed, ${failed} failed`, ''].join('\n');
};
