import { rawTopic } from '@claimwire/contracts';
import type { BatchMessage } from '@claimwire/kafka';
import { compileFields, findDrift, parseJsonObject, type DriftKind, type FieldTree } from '@claimwire/provider-kit';
import { PROVIDERS } from '@claimwire/providers';

export interface DriftCount {
  provider: string;
  path: string;
  kind: DriftKind;
  count: number;
  firstSeen: Date;
  lastSeen: Date;
}

const DESCRIBED = new Map(
  PROVIDERS.flatMap((provider) =>
    provider.knownFields ? provider.sources.map(({ source }) => [rawTopic(source), provider] as const) : [],
  ),
);
/** Between two flushes; more can only come of names that are data. */
const MAX_COUNTS = 1_000;

/** Counts in memory what providers send and do not document, by path and without values, until somebody takes the counts. */
export class SchemaDrift {
  private readonly trees = new Map<string, FieldTree | null>();
  private counts = new Map<string, DriftCount>();

  /** Never throws for what a body holds: what is no JSON object has no fields to speak of. */
  observe(topic: string, { headers, value }: Pick<BatchMessage, 'headers' | 'value'>): void {
    const provider = DESCRIBED.get(topic);
    if (!provider || !value) return;
    const tree = this.treeOf(topic, String(headers.ce_type));
    const body = tree && parseJsonObject(value);
    if (tree && body) findDrift(tree, body, (kind, path) => this.count(provider.name, kind, path));
  }

  /** What was counted since the last time. */
  take(): DriftCount[] {
    const taken = [...this.counts.values()];
    this.counts = new Map();
    return taken;
  }

  /** Counts that could not be stored. */
  putBack(counts: readonly DriftCount[]): void {
    for (const counted of counts) {
      const key = keyOf(counted);
      const newer = this.counts.get(key);
      if (newer) Object.assign(newer, { count: newer.count + counted.count, firstSeen: counted.firstSeen });
      else if (this.counts.size < MAX_COUNTS) this.counts.set(key, counted);
    }
  }

  private count(provider: string, kind: DriftKind, path: string): void {
    const now = new Date();
    const key = keyOf({ provider, kind, path });
    const counted = this.counts.get(key);
    if (counted) {
      counted.count += 1;
      counted.lastSeen = now;
    } else if (this.counts.size < MAX_COUNTS) {
      this.counts.set(key, { provider, path, kind, count: 1, firstSeen: now, lastSeen: now });
    } else if (path !== '*') this.count(provider, kind, '*');
  }

  private treeOf(topic: string, eventType: string): FieldTree | null {
    const key = `${topic} ${eventType}`;
    const known = this.trees.get(key);
    if (known !== undefined) return known;
    const fields = DESCRIBED.get(topic)?.knownFields?.(eventType);
    const tree = fields ? compileFields(fields) : null;
    // the type comes from a provider: not every one that it invents may be remembered
    if (tree || this.trees.size < MAX_COUNTS) this.trees.set(key, tree);
    return tree;
  }
}

const keyOf = ({ provider, kind, path }: Pick<DriftCount, 'provider' | 'kind' | 'path'>) =>
  `${provider} ${kind} ${path}`;
