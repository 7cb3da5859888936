import type { Command } from '../command.js';
import { flagsOf, optionsWithValue, quoted } from './flags.js';

const FIRST = quoted('__fish_use_subcommand');

export function fishCompletion(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const { name, summary, words = [] } = command;
    const within = quoted(`__fish_seen_subcommand_from ${name}`);
    const valued = optionsWithValue(command);
    return [
      `complete -c claimwire -f -n ${FIRST} -a ${name} -d ${quoted(summary)}`,
      ...(words.length > 0 ? [`complete -c claimwire -f -n ${within} -a ${quoted(words.join(' '))}`] : []),
      ...flagsOf(command).map(
        (flag) => `complete -c claimwire -n ${within} -l ${flag.slice(2)}${valued.includes(flag) ? ' -r' : ''}`,
      ),
    ];
  });
  return ['# fish completion of claimwire', 'complete -c claimwire -f', ...lines].join('\n');
}
