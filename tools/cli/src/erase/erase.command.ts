import { cliActor } from '../audit-cli.js';
import type { Cli, Command } from '../command.js';
import { countClaim } from './claim-rows.js';
import { eraseClaim, type ErasedCounts, type Erasure } from './erase-claim.js';
import { findClaim } from './find-claim.js';
import { findKept } from './kept-messages.js';
import type { TopicExpiry } from './topic-expiry.js';
import { StillUnderWayError } from './wait-for.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseOptions } from '../parse-options.js';
import { UsageError } from '../usage-error.js';

const HELP = `claimwire erase --tenant <tenant> --claim <claim> [options]: removes a claim for good, while the apps run

  --tenant <id>      whose claim it is
  --claim <claim>    its claim key, or the provider's claim id
  --provider <name>  with a claim id: whose it is. Needed where several providers have the id, or nothing is stored of it yet

  --dry-run          says what would be removed. Changes nothing
  --json             the result as one JSON object
  --help             this text

Removes the claim's events, state, deliveries with their attempts, and what waits in quarantine and spool; claims.state.v1
gets a tombstone. An event that comes later, a retry, a rebuild do not bring the claim back: a ledger of fingerprints
(CLAIMWIRE_KEYRING is needed) makes the normaliser drop them. It cannot be undone.

No message can be removed from a topic alone: the answer says until when each topic may hold some of the claim. Backups of the
database hold it until they are deleted. See docs/recipes/erase-a-claim.md. Cut short, run it again: it does the rest.

${EXIT_HELP}`;

const OPTIONS = {
  tenant: { type: 'string' },
  claim: { type: 'string' },
  provider: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

async function run(args: string[], cli: Cli): Promise<number> {
  const { tenant, claim, provider, json, 'dry-run': dryRun } = parseOptions(args, OPTIONS);
  if (!tenant || !claim) throw new UsageError('Say whose claim and which one: --tenant and --claim.');
  const { rowCount } = await cli.database().query('select 1 from tenants where id = $1', [tenant]);
  if (rowCount === 0) throw new UsageError('There is no such tenant.');
  const claimKey = await findClaim(cli.database(), { tenant, claim, provider });
  if (dryRun) return tellCounts(cli, tenant, claimKey, json);
  try {
    const erasure = await eraseClaim(cli, { tenant, claimKey, actor: cliActor() });
    cli.print(json ? JSON.stringify(erasure) : tell(erasure));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof StillUnderWayError)) throw error;
    cli.say(`Not finished: ${error.what}. The claim cannot come back; run the command again for the rest.`);
    return cli.signal.aborted ? EXIT.interrupted : EXIT.no;
  }
}

async function tellCounts(cli: Cli, tenant: string, claimKey: string, json: boolean): Promise<number> {
  const rows = await countClaim(cli.database(), tenant, claimKey);
  const kept = await findKept(cli, tenant, claimKey);
  const counts: ErasedCounts = { ...rows, quarantine: kept.quarantine.length, spool: kept.spool.length };
  cli.print(json ? JSON.stringify({ wouldRemove: counts }) : `Would remove: ${list(counts)}. Nothing was changed.`);
  return EXIT.ok;
}

const list = (counts: ErasedCounts): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

function tell({ erasedAt, removed, topics }: Erasure): string {
  const lines = topics.map((topic) => `  ${topic.topic.padEnd(32)}${untilWhen(topic)}`);
  return [
    `Erased (first at ${erasedAt}). Removed: ${list(removed)}.`,
    'What is on a topic the broker removes, at the latest:',
    ...lines,
  ].join('\n');
}

function untilWhen({ expiresAt, compacted, retentionMs }: TopicExpiry): string {
  if (compacted) return 'when it is compacted next (tombstone written)';
  if (expiresAt === null || retentionMs === null) return 'NEVER: this topic has no retention';
  return `${expiresAt} (kept for ${Math.round(retentionMs / 86_400_000)} days, by the segment)`;
}

export const erase: Command = {
  name: 'erase',
  summary: 'removes a claim for good, and keeps it from coming back',
  help: HELP,
  options: OPTIONS,
  run,
};
