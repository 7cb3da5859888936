// @ts-check
import { parseArgs } from 'node:util';
import { UsageError } from './cli-options.mjs';

export const UPGRADE_HELP = `npm run test:upgrade -- [--from <ref>]: rolls from an earlier version to this checkout, and back, under load.

The earlier version is built under var/upgrade. Two replicas of each of its apps run on the schema and topics of this
checkout while webhooks come in; app after app is replaced by this checkout's, one replica after the other, and then
in the same way back. Nothing may be lost, out of order, or delivered twice beyond what was in flight.

  --from <ref>   tag, branch or commit of the earlier version (default: the last tag)
  --help         this text

Exit code: 0 all is well; 1 something is not; 2 wrong usage.
`;

/**
 * @typedef {object} UpgradeOptions
 * @property {boolean} help
 * @property {string | null} from null = the last tag
 */

/** @param {string[]} args @returns {UpgradeOptions} */
export const parseUpgrade = (args) => {
  try {
    const { values } = parseArgs({
      args,
      options: { help: { type: 'boolean', default: false }, from: { type: 'string' } },
      strict: true,
      allowPositionals: false,
    });
    // A ref that begins so would be an option of git's.
    if (values.from?.startsWith('-')) throw new Error(`--from: "${values.from}" is no ref.`);
    return { help: values.help === true, from: values.from ?? null };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
