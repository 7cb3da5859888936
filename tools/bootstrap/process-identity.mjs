// @ts-check
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** Fields of /proc/<pid>/stat count from 1, and the second, the program's name, may hold spaces and parentheses. */
const START_TIME_FIELD = 22;

/** @param {number} pid */
const fromProc = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (afterName[0] === 'Z') return null;
  return `${readFileSync(BOOT_ID, 'utf8').trim()}:${afterName[START_TIME_FIELD - 3]}`;
};

/** @param {number} pid */
const fromPs = (pid) => {
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || null
    );
  } catch {
    return null;
  }
};

/**
 * When a process was started, as a text that only its equality counts of: with the pid it names one process for ever,
 * while a pid alone is given to another process sooner or later.
 * @param {number} pid
 * @returns {string | null} null when there is no such process (a zombie is none)
 */
export const startTimeOf = (pid) => {
  if (process.platform !== 'linux') return fromPs(pid);
  try {
    return fromProc(pid);
  } catch {
    return null;
  }
};
