/** tools/bootstrap is plain JavaScript and no package: this is the one place that reaches over to it. */
/* eslint-disable @nx/enforce-module-boundaries */
export { VAR } from '../../bootstrap/workspace.mjs';
