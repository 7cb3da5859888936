// @ts-check
import { machineFacts } from './machine-facts.mjs';
import { findLacks } from './preflight.mjs';
import { judgeRecords, readRecords, removeRecords, stopOrphans } from './process-records.mjs';
import { step } from './progress.mjs';
import { Failure } from './run-cli.mjs';

/** @throws {Failure} when a start of this checkout is running */
export const refuseWhileRunning = () => {
  const { supervisor } = judgeRecords(readRecords());
  if (supervisor) {
    throw new Failure(
      `Claimwire runs already in this checkout: stop it with Ctrl-C there, or "kill ${supervisor.pid}".`,
    );
  }
};

/** Stops what an earlier start left behind when it was killed: processes known by pid and start time. */
export const clearOrphans = async () => {
  const { orphans } = judgeRecords(readRecords());
  if (orphans.length > 0) {
    const names = orphans.map(({ name, pid }) => `${name} (${pid})`).join(', ');
    await step(`Stopping what an earlier start left running: ${names}`, () => stopOrphans(orphans));
  }
  removeRecords();
};

/**
 * @param {readonly number[]} ports that must be free
 * @param {import('./preflight.mjs').Need} need
 * @throws {Failure} that lists everything missing with its remedy
 */
export const checkMachine = async (ports, need) => {
  const lacks = findLacks(await machineFacts(ports), need);
  if (lacks.length === 0) return;
  const list = lacks.map(({ lack, remedy }) => `  ✘ ${lack} ${remedy}`).join('\n');
  throw new Failure(`This machine lacks something:\n${list}`);
};
