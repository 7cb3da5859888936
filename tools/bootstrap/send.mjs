// @ts-check
import { runTool } from './run-tool.mjs';

await runTool({ name: 'send', script: 'send.js' });
