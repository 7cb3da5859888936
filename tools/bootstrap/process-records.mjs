// @ts-check
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from './process-identity.mjs';
import { VAR } from './workspace.mjs';

/**
 * @typedef {object} ProcessRecord
 * @property {string} name
 * @property {number} pid
 * @property {string} startTime as startTimeOf() gave it
 * @property {'SIGTERM' | 'SIGINT'} stopSignal asks it for a graceful end
 */

/**
 * @typedef {object} Records
 * @property {ProcessRecord | null} supervisor
 * @property {ProcessRecord[]} processes in the order in which they were started
 */

const FILE = join(VAR, 'processes.json');
const GRACE_MS = 12_000;

/** @param {string} [file] @returns {Records} empty when there are none, or they cannot be read */
export const readRecords = (file = FILE) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { supervisor: null, processes: [] };
  }
};

/** @param {Records} records @param {string} [file] */
export const writeRecords = (records, file = FILE) => {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(records, null, 2), { mode: 0o600 });
  renameSync(draft, file);
};

/** @param {string} [file] */
export const removeRecords = (file = FILE) => rmSync(file, { force: true });

/**
 * Whether the recorded process itself still runs, and not another one that was given its pid.
 * @param {ProcessRecord} record
 * @param {(pid: number) => string | null} [lookUp]
 */
export const stillRuns = (record, lookUp = startTimeOf) => lookUp(record.pid) === record.startTime;

/**
 * @param {Records} records
 * @param {(pid: number) => string | null} [lookUp]
 * @returns {{ supervisor: ProcessRecord | null, orphans: ProcessRecord[] }} supervisor: null unless it runs, and then
 * nothing is an orphan
 */
export const judgeRecords = ({ supervisor, processes }, lookUp = startTimeOf) => {
  if (supervisor && stillRuns(supervisor, lookUp)) return { supervisor, orphans: [] };
  return { supervisor: null, orphans: processes.filter((record) => stillRuns(record, lookUp)) };
};

/** @param {ProcessRecord} record @param {NodeJS.Signals} signal */
const send = (record, signal) => {
  try {
    if (stillRuns(record)) process.kill(record.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
};

/** @param {ProcessRecord} record @param {number} graceMs */
const stopOne = async (record, graceMs) => {
  send(record, record.stopSignal);
  const deadline = Date.now() + graceMs;
  while (stillRuns(record) && Date.now() < deadline) await sleep(50);
  send(record, 'SIGKILL');
  while (stillRuns(record)) await sleep(20);
};

/**
 * Stops orphans: the apps together, then what they need.
 * @param {ProcessRecord[]} orphans
 * @param {number} [graceMs] after which they are killed
 */
export const stopOrphans = async (orphans, graceMs = GRACE_MS) => {
  const engines = orphans.filter(({ name }) => name === 'kafka' || name === 'postgres');
  await Promise.all(orphans.filter((record) => !engines.includes(record)).map((record) => stopOne(record, graceMs)));
  await Promise.all(engines.map((record) => stopOne(record, graceMs)));
};
