/**
 * What runs before anything is installed is plain JavaScript without dependencies in tools/bootstrap, and no package.
 * This is the one place that reaches over to it; it keeps both from having two opinions on the same thing.
 */
/* eslint-disable @nx/enforce-module-boundaries */
export { APPS, type App } from '../../bootstrap/apps.mjs';
export type { StartOptions } from '../../bootstrap/cli-options.mjs';
export { markFolder } from '../../bootstrap/data-folders.mjs';
export { startTimeOf } from '../../bootstrap/process-identity.mjs';
export { type ProcessRecord, type Records, removeRecords, writeRecords } from '../../bootstrap/process-records.mjs';
export { step } from '../../bootstrap/progress.mjs';
export { Failure } from '../../bootstrap/run-cli.mjs';
export { tail } from '../../bootstrap/run-command.mjs';
export { CHECKOUT_ID, ROOT, VAR } from '../../bootstrap/workspace.mjs';
