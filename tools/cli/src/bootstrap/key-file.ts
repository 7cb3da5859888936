import { open, rm } from 'node:fs/promises';
import { UsageError } from '../usage-error.js';
import type { KeyPlace } from './bootstrap-platform.js';

/** A file that is made for it, with mode 0600: never one that is there, whoever can read that. */
export const keyFile = (path: string): KeyPlace => ({
  name: `the file ${path}`,
  write: async (key) => {
    const file = await open(path, 'wx', 0o600).catch(() => {
      throw new UsageError(
        `--key-file ${path}: it is there already, or its folder cannot be written. Nothing was changed.`,
      );
    });
    try {
      await file.writeFile(`${key}\n`);
      await file.sync();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  },
  remove: () => rm(path, { force: true }),
});
