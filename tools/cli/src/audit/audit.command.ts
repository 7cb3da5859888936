import { open } from 'node:fs/promises';
import { API_HELP, API_OPTIONS, withQuery } from '../api-client.js';
import type { Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { instant, parseAction, parseOptions } from '../parse-options.js';
import { UsageError } from '../usage-error.js';

const HELP = `claimwire audit export [options]: the audit log as NDJSON, one entry per line, oldest first (by the REST API, audited itself)

Of the tenant of the key, or of --tenant; with a platform-admin key alone, what belongs to no tenant.

  --since <when>         written then or later: 2026-01-31T10:00:00Z, or an age such as 24h (default: all)
  --until <when>         written before
  --action <name>        only this one, for example claim.read, access.refused
  --actor <id>           only of this API key, or oidc:<subject>
  --claim <key>          only entries about this claim; the log holds no name of one
  --out <file>           into a new file that only you can read, instead of stdout
${API_HELP}
  --json                 nothing else: an entry is JSON already
  --help                 this text

${EXIT_HELP}`;

const ACTIONS = ['export'] as const;
const OPTIONS = {
  since: { type: 'string' },
  until: { type: 'string' },
  action: { type: 'string' },
  actor: { type: 'string' },
  claim: { type: 'string' },
  out: { type: 'string' },
  ...API_OPTIONS,
  json: { type: 'boolean', default: false },
} as const;

export const audit: Command = {
  name: 'audit',
  summary: 'exports the audit log: who read, changed, replayed, was refused',
  help: HELP,
  words: ACTIONS,
  options: OPTIONS,
  run: async (args, cli) => {
    const { rest } = parseAction(args, ACTIONS);
    const { since, until, action, actor, claim, out, ...access } = parseOptions(rest, OPTIONS);
    const path = withQuery('/audit-log/export', {
      since: since === undefined ? undefined : instant('since', since),
      until: until === undefined ? undefined : instant('until', until),
      action,
      actor,
      claim,
    });
    const api = await cli.api(access);
    const file = out === undefined ? null : await newFile(out);
    let entries = 0;
    try {
      for await (const line of linesOf(api.stream(path))) {
        entries += 1;
        if (file) await file.write(`${line}\n`);
        else cli.print(line);
      }
    } finally {
      await file?.close();
    }
    cli.say(`${entries} entries.`);
    return EXIT.ok;
  },
};

const newFile = (path: string) =>
  open(path, 'wx', 0o600).catch(() => {
    throw new UsageError(`--out ${path}: it is there already, or cannot be written.`);
  });

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
