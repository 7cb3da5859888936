// @ts-check
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VAR } from './workspace.mjs';

const FILE = join(VAR, 'test-durations.json');
/** Measured on two busy cores, with the packages installed. */
const MEASURED_SECONDS = { full: 900, quick: 120 };

/** @returns {Partial<Record<'full' | 'quick', number>>} seconds that the last run on this machine took */
const lastDurations = () => {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch {
    return {};
  }
};

/** @param {number} seconds */
const inWords = (seconds) => (seconds < 90 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`);

/** @param {'full' | 'quick'} kind */
export const usualDuration = (kind) => {
  const last = lastDurations()[kind];
  return last === undefined
    ? `This usually takes about ${inWords(MEASURED_SECONDS[kind])} on two cores, and the first time two more minutes.`
    : `This usually takes about ${inWords(last)} here.`;
};

/** @param {'full' | 'quick'} kind @param {number} seconds */
export const rememberDuration = (kind, seconds) => {
  mkdirSync(VAR, { recursive: true });
  writeFileSync(FILE, JSON.stringify({ ...lastDurations(), [kind]: Math.round(seconds) }));
};
