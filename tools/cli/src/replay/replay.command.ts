import { setTimeout as sleep } from 'node:timers/promises';
import { API_HELP, API_OPTIONS, type ApiClient } from '../api-client.js';
import type { Cli, Command } from '../command.js';
import { confirm } from '../confirm.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { instant, parseAction, parseOptions, wholeNumber } from '../parse-options.js';
import { UsageError } from '../usage-error.js';

const HELP = `claimwire replay create|status|cancel [options]: sends again what was sent (by the REST API, audited)

  create    to --webhook: what was received from --since on, or all of --claim, or --event; live events go first
  status    how far --id has come; without it, the webhook's replays, newest first
  cancel    ends --id: what is not being sent now is not sent any more

  --webhook <id>         the webhook that it goes to (always needed)
  --id <id>              status, cancel: the replay
  --since <when>         create: receivedAt of the first event: 2026-01-31T10:00:00Z, or an age such as 24h
  --until <when>         create: receivedAt before which the last event stands (default: now)
  --filters <json>       create, with --since: as a binding's, beside the bindings, for example {"provider":["cair"]}
  --claim <key>          create: every event of this claim
  --event <id>           create: this event or notice
  --rate <n>             create: most deliveries a second (default 100)
  --wait                 create, status: says how far it is until it has ended; ends with 1 where a delivery failed
  --yes                  create, cancel: without asking; needed where no terminal is
${API_HELP}
  --json                 the result as one JSON object
  --help                 this text

${EXIT_HELP}`;

const ACTIONS = ['create', 'status', 'cancel'] as const;
const OPTIONS = {
  webhook: { type: 'string' },
  id: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  filters: { type: 'string' },
  claim: { type: 'string' },
  event: { type: 'string' },
  rate: { type: 'string' },
  wait: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  ...API_OPTIONS,
  json: { type: 'boolean', default: false },
} as const;
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>;
const LOOK_EVERY_MS = 1_000;

interface Replay {
  replayId: string;
  kind: string;
  state: 'running' | 'completed' | 'cancelled';
  total: number | null;
  scanned: number;
  count: number;
  pending: number;
  delivered: number;
  rejected: number;
  failed: number;
  createdAt: string;
}

async function run(args: string[], cli: Cli): Promise<number> {
  const { action, rest } = parseAction(args, ACTIONS);
  const values = parseOptions(rest, OPTIONS);
  if (!values.webhook) throw new UsageError('Say which webhook: --webhook.');
  const base = `/webhooks/${encodeURIComponent(values.webhook)}/replays`;
  if (action === 'create') return create(values, values.webhook, base, cli);
  if (values.id === undefined) {
    if (action === 'cancel') throw new UsageError('Say which replay: --id.');
    return list(values, base, cli);
  }
  const one = `${base}/${encodeURIComponent(values.id)}`;
  const api = await cli.api(values);
  if (action === 'status') return end(values.wait ? await follow(api, one, cli) : await api.get(one), values, cli);
  if (!(await confirm(`End the replay ${values.id}?`, values.yes, cli.signal))) return EXIT.no;
  return end(await api.post<Replay>(`${one}/cancel`, {}), values, cli);
}

async function create(values: Values, webhookId: string, base: string, cli: Cli): Promise<number> {
  const { path, body, what } = selectionOf(values, webhookId, base);
  const api = await cli.api(values);
  if (!(await confirm(`Send ${what} to ${webhookId} again?`, values.yes, cli.signal))) return EXIT.no;
  const started = await api.post<Replay>(path, body);
  if (!values.wait) return end(started, values, cli);
  cli.say(`Replay ${started.replayId}; Ctrl-C leaves it running.`);
  return end(await follow(api, `${base}/${encodeURIComponent(started.replayId)}`, cli), values, cli);
}

function selectionOf(values: Values, webhookId: string, base: string) {
  const { since, until, filters, claim, event } = values;
  if ([since, claim, event].filter((value) => value !== undefined).length !== 1) {
    throw new UsageError('Say what to send again: one of --since, --claim and --event.');
  }
  if (since === undefined && (until !== undefined || filters !== undefined)) {
    throw new UsageError('--until and --filters go with --since.');
  }
  const ratePerSecond = wholeNumber('rate', values.rate, 100, { min: 1, max: 1_000 });
  if (claim !== undefined) {
    const path = `/claims/${encodeURIComponent(claim)}/replays`;
    return { path, body: { webhookId, ratePerSecond }, what: 'the events of the claim' };
  }
  if (event !== undefined) {
    const path = `/events/${encodeURIComponent(event)}/replays`;
    return { path, body: { webhookId, ratePerSecond }, what: 'the event' };
  }
  const window = {
    since: instant('since', since ?? ''),
    until: until === undefined ? undefined : instant('until', until),
    filters: filters === undefined ? undefined : json(filters),
    ratePerSecond,
  };
  return { path: base, body: window, what: `what was received since ${window.since}` };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('--filters is not JSON.');
  }
}

async function list(values: Values, base: string, cli: Cli): Promise<number> {
  const replays = await (await cli.api(values)).list<Replay>(base, {}, 100);
  if (values.json) cli.print(JSON.stringify({ replays }));
  else if (replays.length === 0) cli.print('There is none.');
  else for (const replay of replays) cli.print(line(replay));
  return EXIT.ok;
}

async function follow(api: ApiClient, path: string, cli: Cli): Promise<Replay> {
  for (let said = ''; ;) {
    const replay = await api.get<Replay>(path);
    if (replay.state !== 'running' || cli.signal.aborted) return replay;
    if (line(replay) !== said) cli.say(line(replay));
    said = line(replay);
    await sleep(LOOK_EVERY_MS, undefined, { signal: cli.signal }).catch(() => undefined);
  }
}

function end(replay: Replay, values: Values, cli: Cli): number {
  cli.print(values.json ? JSON.stringify(replay) : line(replay));
  if (cli.signal.aborted) return EXIT.interrupted;
  return values.wait && replay.failed > 0 ? EXIT.no : EXIT.ok;
}

const line = ({ replayId, kind, state, total, scanned, count, pending, delivered, rejected, failed }: Replay): string =>
  `${replayId}  ${kind}  ${state}: ${scanned} of ${total ?? '?'} events looked at, ${count} deliveries made: ` +
  `${delivered} delivered, ${pending} waiting, ${rejected} rejected, ${failed} in the error queue`;

export const replay: Command = {
  name: 'replay',
  summary: 'sends a time window, a claim or one event again to a webhook',
  help: HELP,
  words: ACTIONS,
  options: OPTIONS,
  run,
};
