import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliDoc } from './cli-doc.js';
import { COMMANDS } from './commands.js';

const FILE = join(import.meta.dirname, '../../../docs/cli.md');

describe('docs/cli.md', () => {
  it('says what the commands say (UPDATE_CLI_DOC=1 writes it anew)', () => {
    if (process.env.UPDATE_CLI_DOC) writeFileSync(FILE, cliDoc(COMMANDS));
    expect(readFileSync(FILE, 'utf8')).toBe(cliDoc(COMMANDS));
  });
});

describe.each(COMMANDS)('claimwire $name --help', ({ name, help, options, words = [] }) => {
  it('explains every option and action, and the exit codes', () => {
    expect(help).toMatch(new RegExp(`^claimwire ${name}\\b`));
    for (const option of Object.keys(options)) expect(help).toContain(`--${option}`);
    for (const word of words) expect(help).toContain(word);
    expect(help).toContain('--help');
    expect(help).toMatch(/Exit code/);
  });
});
