// @ts-check
import { join } from 'node:path';
import { VAR } from './workspace.mjs';

/**
 * @typedef {object} TestStep
 * @property {string} name
 * @property {string} log name of its file in var/log
 * @property {string[]} command
 * @property {boolean} [engines] needs Kafka and PostgreSQL
 * @property {string} [report] Vitest's JSON report
 * @property {boolean} [gate] the steps after it make no sense when it fails
 */

/** @param {string} name @param {string[]} projects @returns {{ command: string[], report: string }} */
const vitest = (name, projects) => {
  const report = join(VAR, 'log', `${name}-tests.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const chosen = projects.flatMap((project) => ['--project', project]);
  return { command: ['vitest', 'run', ...chosen, '--passWithNoTests', ...reporters], report };
};

/** @type {readonly TestStep[]} */
const STATIC = [
  { name: 'format', log: 'format', command: ['prettier', '--check', '.', '--log-level', 'warn'] },
  { name: 'lint', log: 'lint', command: ['nx', 'lint', '--outputStyle=static'] },
  { name: 'types', log: 'types', command: ['nx', 'typecheck', '--outputStyle=static'] },
];

/** @type {TestStep} */
const PURE = { name: 'unit and property tests', log: 'unit', ...vitest('unit', ['unit', 'property']) };

/** @type {readonly TestStep[]} */
const REAL_PARTS = [
  { name: 'build', log: 'build', command: ['nx', 'run-many', '-t', 'build', '--outputStyle=static'], gate: true },
  { name: 'integration tests', log: 'integration', engines: true, ...vitest('integration', ['integration']) },
  { name: 'end-to-end tests', log: 'e2e', engines: true, ...vitest('e2e', ['e2e']) },
];

/**
 * Groups, one after the other; the steps of a group run side by side, since each of them keeps one core busy.
 * @param {boolean} quick
 * @returns {readonly (readonly TestStep[])[]}
 */
export const testGroups = (quick) => [STATIC, [PURE], ...(quick ? [] : REAL_PARTS.map((step) => [step]))];
