import { API_HELP, API_OPTIONS, type ApiClient } from '../api-client.js';
import type { Cli, Command } from '../command.js';
import { confirm } from '../confirm.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { instant, parseAction, parseOptions, wholeNumber } from '../parse-options.js';
import { table } from '../table.js';
import { UsageError } from '../usage-error.js';
import { readSelection, settleAll, type Selection } from './settle-selection.js';

const HELP = `claimwire quarantine list|show|retry|discard [options]: events that could not be processed (by the REST API, audited)

  list       newest first; the bodies are never shown here
  show       one event: --id
  retry      gives events to their source topics again, with the same ids: --id, or --all with filters
  discard    settles events without processing them: --id, or --all with filters, and --reason for the audit log

  --id <id>              may be repeated
  --all                  every open event that the filters let through, in steps of 100, until none is left
  --status <status>      list: open, retried or discarded (default: open)
  --why <code>           only with this reason, for example unknown_error
  --stage <stage>        only found there, for example ingress or normalise
  --connection <id>      only of this connection
  --since <when>         received then or later: 2026-01-31T10:00:00Z, or an age such as 24h
  --until <when>         received before
  --limit <n>            list: at most so many (default 100)
  --reason <text>        discard: why. Nothing of a patient
  --yes                  without asking; needed where no terminal is
${API_HELP}
  --json                 the result as one JSON object
  --help                 this text

retry and discard end with 1 where an event was left out (not open, or its bytes are gone).
${EXIT_HELP}`;

const ACTIONS = ['list', 'show', 'retry', 'discard'] as const;
const OPTIONS = {
  id: { type: 'string', multiple: true },
  all: { type: 'boolean', default: false },
  status: { type: 'string' },
  why: { type: 'string' },
  stage: { type: 'string' },
  connection: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  limit: { type: 'string' },
  reason: { type: 'string' },
  yes: { type: 'boolean', default: false },
  ...API_OPTIONS,
  json: { type: 'boolean', default: false },
} as const;
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>;

interface Item {
  id: string;
  reason: string;
  stage: string;
  connection: string;
  status: string;
  receivedAt: string;
  expiresAt: string;
}

async function run(args: string[], cli: Cli): Promise<number> {
  const { action, rest } = parseAction(args, ACTIONS);
  const values = parseOptions(rest, OPTIONS);
  const filter = filterOf(values);
  if (action === 'list') return list(await cli.api(values), values, filter, cli);
  if (action === 'show') return show(cli, values);
  const reason = action === 'discard' ? reasonOf(values) : undefined;
  const selection = readSelection(values.id, values.all, filter);
  const api = await cli.api(values);
  if (!(await confirm(`${action}: ${describe(selection)}?`, values.yes, cli.signal))) return EXIT.no;
  const settled = await settleAll(api, action, selection, reason, cli);
  cli.print(values.json ? JSON.stringify(settled) : `${settled.settled} settled, ${settled.skipped.length} left out.`);
  if (!values.json) for (const { id, reason: why } of settled.skipped) cli.print(`  ${id}: ${why}`);
  if (cli.signal.aborted) return EXIT.interrupted;
  return settled.skipped.length === 0 && settled.remaining === 0 ? EXIT.ok : EXIT.no;
}

async function list(api: ApiClient, values: Values, filter: Filter, cli: Cli): Promise<number> {
  const limit = wholeNumber('limit', values.limit, 100, { min: 1, max: 100_000 });
  const items = await api.list<Item>('/quarantine', { ...filter, status: values.status ?? 'open' }, limit);
  if (values.json) cli.print(JSON.stringify({ items }));
  else if (items.length === 0) cli.print('There is none.');
  const rows = items.map(({ id, reason, stage, connection, status, receivedAt, expiresAt }) => {
    return { id, reason, stage, connection, status, receivedAt, expiresAt };
  });
  if (!values.json) for (const line of table(rows)) cli.print(line);
  return EXIT.ok;
}

async function show(cli: Cli, values: Values): Promise<number> {
  const [id, ...more] = values.id ?? [];
  if (id === undefined || more.length > 0) throw new UsageError('show: one --id.');
  const item = await (await cli.api(values)).get<Item>(`/quarantine/${encodeURIComponent(id)}`);
  if (values.json) cli.print(JSON.stringify(item));
  else for (const [name, value] of Object.entries(item)) cli.print(`${name.padEnd(16)}${String(value)}`);
  return EXIT.ok;
}

type Filter = ReturnType<typeof filterOf>;

const filterOf = ({ why, stage, connection, since, until }: Values) => ({
  reason: why,
  stage,
  connection,
  since: since === undefined ? undefined : instant('since', since),
  until: until === undefined ? undefined : instant('until', until),
});

function reasonOf({ reason }: Values): string {
  if (reason) return reason;
  throw new UsageError('discard: say why, by --reason. It stands in the audit log.');
}

const describe = (selection: Selection): string =>
  'ids' in selection ? `${selection.ids.length} events` : 'every open event that the filters let through';

export const quarantine: Command = {
  name: 'quarantine',
  summary: 'lists, retries and discards events that could not be processed',
  help: HELP,
  words: ACTIONS,
  options: OPTIONS,
  run,
};
