import { open, type FileHandle } from 'node:fs/promises';
import { UsageError } from '../usage-error.js';

/** Claim keys hold the provider's claim ids, which identify: they go to a file that only its owner can read. */
export class ClaimList {
  private constructor(private readonly file: FileHandle | null) {}

  /** @param path null = the keys are kept nowhere @throws UsageError where the file is there already */
  static async open(path: string | null): Promise<ClaimList> {
    if (path === null) return new ClaimList(null);
    try {
      return new ClaimList(await open(path, 'wx', 0o600));
    } catch {
      throw new UsageError(`--claims-file: ${path} is there already or cannot be written.`);
    }
  }

  /** One key per line. */
  async add(claimKeys: readonly string[]): Promise<void> {
    if (claimKeys.length > 0) await this.file?.write(`${claimKeys.join('\n')}\n`);
  }

  async close(): Promise<void> {
    await this.file?.close();
  }
}
