// @ts-check
import { runTool } from './run-tool.mjs';

await runTool({ name: 'chart', script: 'check.js' });
