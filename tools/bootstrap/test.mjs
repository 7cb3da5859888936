// @ts-check
import { rmSync } from 'node:fs';
import { checkMachine } from './check-machine.mjs';
import { parseTest, TEST_HELP } from './cli-options.mjs';
import { installPackages } from './install.mjs';
import { step } from './progress.mjs';
import { Failure, runCli } from './run-cli.mjs';
import { endTogether, runLogged, tail } from './run-command.mjs';
import { startSharedEngines } from './shared-engines.mjs';
import { countTests, readReport, summary, totalOf } from './test-report.mjs';
import { testSteps } from './test-steps.mjs';
import { rememberDuration, usualDuration } from './usual-duration.mjs';
import { toolEnv } from './workspace.mjs';

/** @typedef {import('./test-steps.mjs').TestStep} TestStep */
/** @typedef {import('./test-report.mjs').StepResult} StepResult */

/** @param {TestStep} testStep @param {Record<string, string>} engineEnv @returns {Promise<boolean>} whether it passed */
const runStep = async ({ name, log, command: [program = '', ...args], report }, engineEnv) => {
  if (report) rmSync(report, { force: true });
  try {
    await step(name, async () => {
      const { code, logFile } = await runLogged(log, program, args, { ...toolEnv(), ...engineEnv });
      if (code !== 0) throw new Failure(`${await tail(logFile, 120)}\n(all of it: ${logFile})`);
    });
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stdout.write(`${error.message}\n`);
    return false;
  }
};

/**
 * Runs the steps one after the other, also after a failed one: one run shows all that is wrong.
 * @param {readonly TestStep[]} steps
 * @returns {Promise<StepResult[]>}
 */
const runSteps = async (steps) => {
  /** @type {StepResult[]} */
  const results = [];
  /** @type {Awaited<ReturnType<typeof startSharedEngines>> | null} */
  let engines = null;
  let open = true;
  try {
    for (const testStep of steps) {
      const { name } = testStep;
      const started = Date.now();
      if (!open || process.exitCode === 130) {
        results.push({ name, outcome: 'skipped', seconds: 0 });
        continue;
      }
      if (testStep.engines) engines ??= await step('starting Kafka and PostgreSQL', startSharedEngines);
      const passed = await runStep(testStep, engines?.env ?? {});
      results.push({ name, outcome: passed ? 'passed' : 'failed', seconds: (Date.now() - started) / 1000 });
      if (!passed && testStep.gate) open = false;
    }
  } finally {
    await engines?.stop();
  }
  return results;
};

await runCli({
  parse: parseTest,
  help: TEST_HELP,
  main: async ({ quick }) => {
    const kind = quick ? 'quick' : 'full';
    process.stdout.write(`${usualDuration(kind)}\n`);
    const started = Date.now();
    endTogether();
    await checkMachine([], { engine: null, external: quick || Boolean(process.env.TEST_KAFKA_BROKERS) });
    await installPackages();
    const steps = testSteps(quick);
    const results = await runSteps(steps);
    const counts = countTests(steps.flatMap(({ report }) => (report ? readReport(report) : [])));
    process.stdout.write(summary(results, counts));
    const good = results.every(({ outcome }) => outcome === 'passed') && totalOf(counts).failed === 0;
    if (good) rememberDuration(kind, (Date.now() - started) / 1000);
    return process.exitCode === 130 ? 130 : good ? 0 : 1;
  },
});
