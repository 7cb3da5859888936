import { rawTopic } from '@claimwire/contracts';
import type { BatchMessage } from '@claimwire/kafka';
import {
  compileFields,
  findDrift,
  parseJsonObject,
  type DriftKind,
  type FieldTree,
  type Provider,
} from '@claimwire/provider-kit';
import { PROVIDERS } from '@claimwire/providers';

export interface DriftCount {
  provider: string;
  path: string;
  kind: DriftKind;
  count: number;
  firstSeen: Date;
  lastSeen: Date;
}

/** The provider of a topic, where it says what it documents. */
const DESCRIBED = new Map(
  PROVIDERS.flatMap((provider) =>
    provider.knownFields ? provider.sources.map(({ source }) => [rawTopic(source), provider] as const) : [],
  ),
);
/** Between two flushes; more can only come of names that are data. */
const MAX_COUNTS = 1_000;
/** Of one topic; a provider has a handful. */
const MAX_TYPES = 200;
/** So many of each event type are looked at one and all, after a start of the process. */
const LOOKED_AT_FIRST = 1_000;
/** Then one in so many, which counts for all of them: a look costs up to a quarter of what normalising an event does. */
const ONE_IN = 16;

/** What is known of one event type of a topic. */
interface Described {
  tree: FieldTree | null;
  /** Events that came, up to LOOKED_AT_FIRST. */
  seen: number;
}

/**
 * Counts in memory what providers send and do not document, by path and without values, until somebody takes the counts.
 * Counts of a type that comes often are estimates, from a sample.
 */
export class SchemaDrift {
  /** By topic and event type. */
  private readonly described = new Map<string, Map<string, Described>>();
  private counts = new Map<string, DriftCount>();

  /** @param random as Math.random, by which the sample is drawn: a fixed step could fall in with a pattern of the events */
  constructor(private readonly random: () => number = Math.random) {}

  /** Never throws for what a body holds: what is no JSON object has no fields to speak of. */
  observe(topic: string, { headers, value }: Pick<BatchMessage, 'headers' | 'value'>): void {
    const provider = DESCRIBED.get(topic);
    if (!provider || !value) return;
    const described = this.describe(provider, topic, String(headers.ce_type));
    const weight = described.tree ? this.weightOf(described) : 0;
    const body = weight > 0 ? parseJsonObject(value) : null;
    if (described.tree && body) {
      findDrift(described.tree, body, (kind, path) => this.count(provider.name, kind, path, weight));
    }
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

  /** For how many events the next one stands; 0 = it is not looked at. */
  private weightOf(described: Described): number {
    if (described.seen < LOOKED_AT_FIRST) {
      described.seen += 1;
      return 1;
    }
    return this.random() * ONE_IN < 1 ? ONE_IN : 0;
  }

  private count(provider: string, kind: DriftKind, path: string, weight: number): void {
    const now = new Date();
    const key = keyOf({ provider, kind, path });
    const counted = this.counts.get(key);
    if (counted) {
      counted.count += weight;
      counted.lastSeen = now;
    } else if (this.counts.size < MAX_COUNTS) {
      this.counts.set(key, { provider, path, kind, count: weight, firstSeen: now, lastSeen: now });
    } else if (path !== '*') this.count(provider, kind, '*', weight);
  }

  private describe(provider: Provider, topic: string, eventType: string): Described {
    let types = this.described.get(topic);
    if (!types) this.described.set(topic, (types = new Map<string, Described>()));
    const known = types.get(eventType);
    if (known) return known;
    const fields = provider.knownFields?.(eventType);
    const described = { tree: fields ? compileFields(fields) : null, seen: 0 };
    // the type comes from a provider: not every one that it invents may be remembered
    if (types.size < MAX_TYPES) types.set(eventType, described);
    return described;
  }
}

const keyOf = ({ provider, kind, path }: Pick<DriftCount, 'provider' | 'kind' | 'path'>) =>
  `${provider} ${kind} ${path}`;
