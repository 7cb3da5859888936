import type { ApiClient } from '../api-client.js';
import type { Cli } from '../command.js';
import { UsageError } from '../usage-error.js';

/** As `POST /v1/quarantine/retry` takes it. */
export type Selection = { ids: string[] } | { filter: Readonly<Record<string, string | undefined>> };

interface Progress {
  settled: number;
  skipped: { id: string; reason: string }[];
  remaining: number;
}

/** Items of one request: each is read from its topic and published again. */
const STEP = 100;

/** @throws UsageError unless exactly one of both is stated */
export function readSelection(
  ids: string[] | undefined,
  all: boolean,
  filter: Readonly<Record<string, string | undefined>>,
): Selection {
  const filtered = Object.values(filter).some((value) => value !== undefined);
  if ((ids !== undefined) === all) throw new UsageError('Say which: --id <id>, or --all.');
  if (ids !== undefined && filtered) throw new UsageError('Filters are for --all.');
  return ids === undefined ? { filter } : { ids };
}

/** Asks again until nothing of the selection is left, or what is left cannot be settled, or it is interrupted. */
export async function settleAll(
  api: ApiClient,
  action: 'retry' | 'discard',
  selection: Selection,
  reason: string | undefined,
  cli: Pick<Cli, 'say' | 'signal'>,
): Promise<Progress> {
  const total: Progress = { settled: 0, skipped: [], remaining: 0 };
  for (const part of parts(selection)) {
    for (;;) {
      const answer = await api.post<Progress>(`/quarantine/${action}`, { ...part, limit: STEP, reason });
      total.settled += answer.settled;
      const known = new Set(total.skipped.map(({ id }) => id));
      total.skipped.push(...answer.skipped.filter(({ id }) => !known.has(id)));
      total.remaining = answer.remaining;
      if (answer.remaining > 0) cli.say(`  ${total.settled} settled, ${answer.remaining} left`);
      if (answer.remaining === 0 || answer.settled === 0 || cli.signal.aborted) break;
    }
    if (cli.signal.aborted) break;
  }
  return total;
}

function parts(selection: Selection): Selection[] {
  if (!('ids' in selection)) return [selection];
  const { ids } = selection;
  return Array.from({ length: Math.ceil(ids.length / STEP) }, (_, part) => ({
    ids: ids.slice(part * STEP, (part + 1) * STEP),
  }));
}
