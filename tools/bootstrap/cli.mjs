// @ts-check
import { runTool } from './run-tool.mjs';

await runTool({ name: 'cli', script: 'main.js' });
