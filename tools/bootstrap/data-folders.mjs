// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_ID, MARKER } from './workspace.mjs';

/** @param {string} folder @returns {string[]} the marker's lines */
const markerLines = (folder) => {
  const marker = join(folder, MARKER);
  return existsSync(marker) ? readFileSync(marker, 'utf8').split('\n').filter(Boolean) : [];
};

/** Whether a folder carries our marker for this checkout: nothing else is ever deleted. @param {string} folder */
export const isOurs = (folder) => markerLines(folder)[0] === CHECKOUT_ID;

/** Data folders elsewhere that a marked folder names. @param {string} folder */
export const outsideFolders = (folder) => markerLines(folder).slice(1);

/**
 * Makes a folder ours, so that `npm run reset` may delete it.
 * @param {string} folder
 * @param {readonly string[]} [outside] data folders elsewhere, each with a marker of its own
 * @throws when it holds another checkout's data
 */
export const markFolder = (folder, outside = []) => {
  mkdirSync(folder, { recursive: true });
  const lines = markerLines(folder);
  if (lines.length > 0 && lines[0] !== CHECKOUT_ID) throw new Error(`${folder} holds the data of another checkout.`);
  const all = [...new Set([CHECKOUT_ID, ...lines.slice(1), ...outside])];
  writeFileSync(join(folder, MARKER), `${all.join('\n')}\n`);
};
