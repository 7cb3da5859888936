import type { Command } from '../command.js';
import { flagsOf, optionsWithValue, quoted } from './flags.js';

export function zshCompletion(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary.replaceAll(':', '\\:')}`));
  const cases = commands.map((command) => {
    const valued = optionsWithValue(command);
    const flags = flagsOf(command).map((flag) => quoted(valued.includes(flag) ? `${flag}:value:_files` : flag));
    const words = command.words ? [quoted(`1:what:(${command.words.join(' ')})`)] : [];
    return `    ${command.name}) _arguments ${[...words, ...flags].join(' ')} ;;`;
  });
  return `#compdef claimwire
_claimwire() {
  local -a commands
  commands=(${described.join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
_claimwire "$@"`;
}
