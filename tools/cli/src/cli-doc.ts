import type { Command } from './command.js';
import { commandList } from './help.js';

/** `docs/cli.md`: what `--help` says, so that it can be read and searched without the program. */
export function cliDoc(commands: readonly Command[]): string {
  const links = commands.map(({ name, summary }) => `- [\`${name}\`](#${name}): ${summary}`);
  const pages = commands.flatMap(({ name, help }) => [`## ${name}`, '', '```text', help.trimEnd(), '```', '']);
  return [
    '# The command line',
    '',
    '<!-- Generated from the commands; UPDATE_CLI_DOC=1 npx vitest run --project unit tools/cli/src/cli-doc writes it anew. -->',
    '',
    'In a checkout `npm run claimwire -- <command>`, or `npx claimwire <command>` once it is built; in the image',
    '`docker run --rm --env-file <the apps’ settings> claimwire tools/cli/bin/claimwire.mjs <command>`.',
    '',
    ...links,
    '',
    '```text',
    commandList(commands).trimEnd(),
    '```',
    '',
    ...pages,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
