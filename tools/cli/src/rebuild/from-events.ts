import { KafkaPublisher } from '@claimwire/kafka';
import type { Cli } from '../command.js';
import { ClaimList } from './claim-list.js';
import { publishStates } from './publish-states.js';
import { repair } from './repair.js';
import { verify, type Findings } from './verify.js';

export interface RebuildOptions {
  pageSize: number;
  json: boolean;
  /** null = the keys of differing claims are kept nowhere. */
  claimsFile: string | null;
  apply: boolean;
  publish: boolean;
}

interface Repairs {
  repaired: number;
  beyondRepair: number;
  published: number;
  /** Repaired, but the normaliser did not note in time that it has sent the claim's last message. */
  unpublished: number;
}

/** @returns whether the projection is now what the events say, with everything published that was to be */
export async function rebuildFromEvents(cli: Cli, options: RebuildOptions): Promise<boolean> {
  const pool = cli.database();
  const publisher = options.publish ? new KafkaPublisher(cli.kafka()) : null;
  const list = await ClaimList.open(options.claimsFile);
  const repairs: Repairs = { repaired: 0, beyondRepair: 0, published: 0, unpublished: 0 };
  const mend = async (claimKeys: string[]): Promise<void> => {
    const { repaired, beyondRepair } = await repair(pool, claimKeys);
    repairs.repaired += repaired.length;
    repairs.beyondRepair += beyondRepair.length;
    if (publisher === null) return;
    const unpublished = await publishStates(pool, publisher, repaired);
    repairs.published += repaired.length - unpublished.length;
    repairs.unpublished += unpublished.length;
  };
  try {
    await publisher?.start();
    const onDiffering = async (claimKeys: string[]): Promise<void> => {
      await list.add(claimKeys);
      if (options.apply) await mend(claimKeys);
    };
    const findings = await verify(pool, cli, { pageSize: options.pageSize, onDiffering });
    return report(cli, options, findings, repairs);
  } finally {
    await list.close();
    await publisher?.stop();
  }
}

function report(cli: Cli, { json, apply }: RebuildOptions, findings: Findings, repairs: Repairs): boolean {
  const differing = findings.claims - findings.same;
  const { repaired, beyondRepair, published, unpublished } = repairs;
  const right = apply ? beyondRepair === 0 && unpublished === 0 : differing === 0;
  if (json) {
    cli.print(JSON.stringify({ ...findings, differing, ...(apply ? repairs : {}) }));
    return right;
  }
  const { claims, events, outdated, claimsPerSecond } = findings;
  cli.print(`${claims} claims of ${events} events folded again, ${claimsPerSecond} claims/s`);
  if (outdated > 0) cli.print(`  ${outdated} were folded by another version: renewed with their next event, no fault`);
  cli.print(differing === 0 ? '  all of them are what their events say' : `  ${differing} differ from their events:`);
  for (const [what, count] of Object.entries(findings.differences)) cli.print(`    ${what.padEnd(12)} ${count}`);
  if (apply) cli.print(`  ${repaired} repaired${published > 0 ? `, ${published} states published` : ''}`);
  if (apply && beyondRepair > 0) cli.print(`  ${beyondRepair} beyond repair: docs/recipes/recover.md`);
  if (unpublished > 0) cli.print(`  ${unpublished} not published: is a normaliser running? Run it again`);
  if (findings.interrupted) cli.print('  interrupted: the claims after these were not looked at');
  return right;
}
