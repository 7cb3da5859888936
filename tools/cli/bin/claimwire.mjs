#!/usr/bin/env node
// @ts-check
// A file of its own because npm links it before anything is built, and so that an old Node gets a sentence, not a stack.
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  process.stderr.write(
    `claimwire needs Node.js 22 or newer, this is ${process.versions.node}: in a checkout use "npm run claimwire -- …".\n`,
  );
  process.exit(78);
}
if (!existsSync(built)) {
  process.stderr.write('claimwire is not built: run "npx nx build @claimwire/cli", or use "npm run claimwire -- …".\n');
  process.exit(78);
}
process.setSourceMapsEnabled(true);
await import(built.href);
