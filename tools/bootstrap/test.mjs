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
import { testGroups } from './test-steps.mjs';
import { rememberDuration, usualDuration } from './usual-duration.mjs';
import { toolEnv } from './workspace.mjs';

/** @typedef {import('./test-steps.mjs').TestStep} TestStep */
/** @typedef {import('./test-report.mjs').StepResult} StepResult */
/** @typedef {Awaited<ReturnType<typeof startSharedEngines>>} SharedEngines */

/**
 * @param {TestStep} testStep
 * @param {Record<string, string>} engineEnv
 * @returns {Promise<{ result: StepResult, complaint: string }>} complaint: what to show of a step that failed
 */
const runStep = async ({ name, log, command: [program = '', ...args] }, engineEnv) => {
  const started = Date.now();
  const { code, logFile } = await runLogged(log, program, args, { ...toolEnv(), ...engineEnv });
  const seconds = (Date.now() - started) / 1000;
  if (code === 0) return { result: { name, outcome: 'passed', seconds }, complaint: '' };
  const complaint = `✘ ${name} failed:\n${await tail(logFile, 120)}\n(all of it: ${logFile})\n`;
  return { result: { name, outcome: 'failed', seconds }, complaint };
};

/** @param {readonly TestStep[]} group @param {Record<string, string>} engineEnv @returns {Promise<StepResult[]>} */
const runGroup = async (group, engineEnv) => {
  const outcomes = await step(
    group.map(({ name }) => name).join(', '),
    () => Promise.all(group.map((testStep) => runStep(testStep, engineEnv))),
    (all) => all.every(({ result }) => result.outcome === 'passed'),
  );
  for (const { complaint } of outcomes) process.stdout.write(complaint);
  return outcomes.map(({ result }) => result);
};

/** @returns {Promise<SharedEngines | null>} null when they do not come up, which has then been said */
const enginesOrNull = () =>
  step('starting Kafka and PostgreSQL', startSharedEngines).catch((error) => {
    if (!(error instanceof Failure)) throw error;
    process.stdout.write(`${error.message}\n`);
    return null;
  });

const interrupted = () => process.exitCode === 130;

/**
 * Runs the groups one after the other, also after a failed one: one run shows all that is wrong.
 * @param {readonly (readonly TestStep[])[]} groups
 * @returns {Promise<StepResult[]>}
 */
const runGroups = async (groups) => {
  /** @type {StepResult[]} */
  const results = [];
  /** @type {SharedEngines | null} */
  let engines = null;
  let open = true;
  try {
    for (const group of groups) {
      if (!open || interrupted()) {
        for (const { name } of group) results.push({ name, outcome: 'skipped', seconds: 0 });
        continue;
      }
      if (group.some((one) => one.engines)) engines ??= await enginesOrNull();
      if (group.some((one) => one.engines) && engines === null) {
        results.push({ name: 'Kafka and PostgreSQL', outcome: 'failed', seconds: 0 });
        for (const { name } of group) results.push({ name, outcome: 'skipped', seconds: 0 });
        open = false;
        continue;
      }
      // They take what the build before them made: none of them builds again.
      const done = await runGroup(group, engines ? { ...engines.env, TEST_USE_BUILD: '1' } : {});
      results.push(...done);
      open = !group.some(({ gate }, index) => gate && done[index]?.outcome === 'failed');
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
    const groups = testGroups(quick);
    const reports = groups.flat().flatMap(({ report }) => report ?? []);
    // Those of an earlier run must not be counted for a step that is skipped in this one.
    for (const report of reports) rmSync(report, { force: true });
    const results = await runGroups(groups);
    const counts = countTests(reports.flatMap(readReport));
    process.stdout.write(summary(results, counts));
    const good = results.every(({ outcome }) => outcome === 'passed') && totalOf(counts).failed === 0;
    if (good) rememberDuration(kind, (Date.now() - started) / 1000);
    return interrupted() ? 130 : good ? 0 : 1;
  },
});
