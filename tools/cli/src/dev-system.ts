import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `var/dev.json` of this checkout: there while `npm start` runs (tools/dev/src/dev-file.ts). */
export const DEV_FILE = join(import.meta.dirname, '../../../var/dev.json');
/** Beside it: the development system's keys. */
const DEV_SECRETS = 'secrets.json';

/** The part of it that commands need. */
export interface DevSystem {
  kafka: { brokers: string[] };
  postgres: { url: string };
  api?: { url: string; key: string };
}

/** @returns null while nothing runs */
export const readDevSystem = (file = DEV_FILE): DevSystem | null => readJson<DevSystem>(file);

/** @returns CLAIMWIRE_KEYRING of the development system */
export const readDevKeyring = (file = DEV_FILE): string | null =>
  readJson<{ keyring: string }>(join(dirname(file), DEV_SECRETS))?.keyring ?? null;

function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}
