import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runClaimwire } from '../../test/run-claimwire.js';
import { COMMANDS } from '../commands.js';

const script = async (shell: string) => (await runClaimwire({}, ['completion', shell])).printed.join('\n');

/** What a real bash offers for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _claimwire; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const input = `${await script('bash')}\n${ask}\n`;
  return execFileSync('bash', ['--noprofile', '--norc'], { input, encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it('offers every command', async () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(await offered('claimwire', '')).toEqual([...names, 'help', '--help']);
    expect(await offered('claimwire', 'qua')).toEqual(['quarantine']);
    expect(await offered('claimwire', 'help', 'top')).toEqual(['topics']);
  });

  it('offers the actions of a command, then its options', async () => {
    expect(await offered('claimwire', 'topics', '')).toEqual(['plan', 'apply']);
    expect(await offered('claimwire', 'topics', 'apply', '--y')).toEqual(['--yes']);
    expect(await offered('claimwire', 'lag', '')).toContain('--watch');
    expect(await offered('claimwire', 'send', 'cur')).toEqual(['curacel']);
  });

  it('offers files where an option takes a value, and nothing for what it does not know', async () => {
    expect(await offered('claimwire', 'replay', 'create', '--key-file', 'package.js')).toEqual(['package.json']);
    expect(await offered('claimwire', 'nonsense', '')).toEqual([]);
  });
});

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  it('knows every option of every command', async () => {
    const text = await script(shell);
    for (const { name, options } of COMMANDS) {
      const line = text
        .split('\n')
        .filter((candidate) => new RegExp(`\\b${name}\\b`).test(candidate))
        .join('\n');
      for (const option of Object.keys(options)) expect(line).toContain(option);
    }
  });
});
