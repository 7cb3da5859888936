import type { Command } from '../command.js';
import { flagsOf, optionsWithValue } from './flags.js';

/** Words by command, then by what stands before the cursor; files where an option takes a value. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const cases = commands.map((command) => {
    const flags = flagsOf(command).join(' ');
    return `    ${command.name}) words='${(command.words ?? []).join(' ')}' flags='${flags}' valued=' ${optionsWithValue(command).join(' ')} ' ;;`;
  });
  return `# bash completion of claimwire
_claimwire() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words='' flags='' valued=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names} help --help' -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
    help) words='${names}' ;;
${cases.join('\n')}
    *) return ;;
  esac
  if [ "$COMP_CWORD" -gt 2 ] && [[ "$valued" == *" $previous "* ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  elif [[ "$current" == -* ]] || [ -z "$words" ] || [ "$COMP_CWORD" -gt 2 ]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -F _claimwire claimwire`;
}
