import type { Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseAction, parseOptions } from '../parse-options.js';
import { bashCompletion } from './bash.js';
import { fishCompletion } from './fish.js';
import { zshCompletion } from './zsh.js';

const HELP = `claimwire completion bash|zsh|fish: a script that makes the shell complete commands and options

  bash    eval "$(claimwire completion bash)", for example in ~/.bashrc
  zsh     claimwire completion zsh > "\${fpath[1]}/_claimwire"
  fish    claimwire completion fish > ~/.config/fish/completions/claimwire.fish

  --help  this text

${EXIT_HELP}`;

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
const NAMES = ['bash', 'zsh', 'fish'] as const;

/** @param commands asked for when it runs: this command is one of them */
export const completionOf = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  summary: 'a script that makes bash, zsh or fish complete commands and options',
  help: HELP,
  words: NAMES,
  options: {},
  run: (args, cli) => {
    const { action, rest } = parseAction(args, NAMES);
    parseOptions(rest, {});
    cli.print(SHELLS[action](commands()));
    return Promise.resolve(EXIT.ok);
  },
});
