import type { Pool } from '@claimwire/postgres';
import type { Cli } from '../command.js';
import { Progress } from '../progress.js';
import { claimCount, claimPage, claimsByKey, orphanPage } from './claim-pages.js';
import { compareClaim, type ClaimWithEvents, type Difference } from './compare-claim.js';

export interface Findings {
  claims: number;
  events: number;
  /** Rows that are as the fold says. */
  same: number;
  /** Accumulators of another revision of the fold: no fault, made anew with the claim's next event. */
  outdated: number;
  /** Claims that differ, by what differs; one claim may differ in several. */
  differences: Partial<Record<Difference, number>>;
  claimsPerSecond: number;
  interrupted: boolean;
}

export interface VerifyOptions {
  /** Claims per statement. */
  pageSize: number;
  /** Called for each page that has some, before the next is read. */
  onDiffering: (claimKeys: string[]) => Promise<void>;
}

const none = (): Findings => ({
  claims: 0,
  events: 0,
  same: 0,
  outdated: 0,
  differences: {},
  claimsPerSecond: 0,
  interrupted: false,
});

/** Folds every stored event again and compares what that says with the projection, page by page in flat memory. */
export async function verify(pool: Pool, cli: Cli, { pageSize, onDiffering }: VerifyOptions): Promise<Findings> {
  const findings = none();
  const progress = new Progress(cli, 'claims', await claimCount(pool));
  for await (const page of pages(pool, pageSize)) {
    if (cli.signal.aborted) return { ...findings, interrupted: true };
    const differing = look(page, findings);
    if (differing.length > 0) await onDiffering(differing);
    progress.add(page.length);
    findings.claimsPerSecond = Math.round(progress.rate);
  }
  return findings;
}

async function* pages(pool: Pool, size: number): AsyncGenerator<ClaimWithEvents[]> {
  for (let after = ''; ;) {
    const page = await claimPage(pool, after, size);
    if (page.length > 0) yield page;
    if (page.length < size) break;
    after = page.at(-1)?.claimKey ?? after;
  }
  for (let after = ''; ;) {
    const keys = await orphanPage(pool, after, size);
    if (keys.length > 0) yield await claimsByKey(pool, keys);
    if (keys.length < size) return;
    after = keys.at(-1) ?? after;
  }
}

/** @returns claims that differ */
function look(page: readonly ClaimWithEvents[], findings: Findings): string[] {
  const differing: string[] = [];
  for (const claim of page) {
    const { differences, outdated } = compareClaim(claim);
    findings.claims += 1;
    findings.events += claim.facts.length;
    if (outdated) findings.outdated += 1;
    if (differences.length === 0) findings.same += 1;
    else differing.push(claim.claimKey);
    for (const difference of differences) {
      findings.differences[difference] = (findings.differences[difference] ?? 0) + 1;
    }
  }
  return differing;
}
