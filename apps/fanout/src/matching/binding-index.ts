import { BINDING_FILTERS, type BindingFilter, type EventFacts, type FilterValues } from '@claimwire/contracts';

/** A row of `bindings`. A filter that is an array means any of its values; all filters must hold. */
export interface Binding {
  tenantId: string;
  webhookId: string;
  /** Exact type, or "*". */
  eventType: string;
  filters: Readonly<Record<string, unknown>>;
}

type Wanted = readonly (readonly [BindingFilter, ReadonlySet<string>])[];

interface Compiled extends Pick<Binding, 'webhookId' | 'eventType'> {
  /** All must hold; null = one that this version cannot judge is among them. */
  wanted: Wanted | null;
}

const ANY_TYPE = '*';
/** A binding is looked up by the first of these that it filters by: the ones that tell most events apart come first. */
const MOST_TELLING: readonly BindingFilter[] = [
  'connection',
  'partnership',
  'status',
  'transaction',
  'provider',
  'environment',
];

const isFilter = (name: string): name is BindingFilter => BINDING_FILTERS.some((filter) => filter === name);

/** Null for a filter of a newer version: sending too little is repaired by a replay, too much is not. */
function compileFilters(filters: Binding['filters']): Wanted | null {
  const wanted: [BindingFilter, ReadonlySet<string>][] = [];
  for (const [name, value] of Object.entries(filters)) {
    if (value === null || value === undefined) continue;
    if (!isFilter(name)) return null;
    wanted.push([name, new Set((Array.isArray(value) ? value : [value]).map(String))]);
  }
  return wanted;
}

const compile = ({ webhookId, eventType, filters }: Binding): Compiled => ({
  webhookId,
  eventType,
  wanted: compileFilters(filters),
});

function holds(wanted: Wanted, facts: FilterValues): boolean {
  return wanted.every(([name, values]) => {
    const actual = facts[name];
    return actual !== null && values.has(actual);
  });
}

/** Of one event type, by what they are looked up by. */
interface OfType {
  unfiltered: Compiled[];
  byFilter: Map<BindingFilter, Map<string, Compiled[]>>;
}

/** The bindings of one tenant, found by type and by one value that they want: an event sees few of thousands. */
class TenantBindings {
  private readonly byType = new Map<string, OfType>();

  constructor(readonly all: readonly Compiled[]) {
    for (const binding of all) this.add(binding);
  }

  match(facts: EventFacts): string[] {
    const matched = new Set<string>();
    this.matchType(facts.type, facts, matched);
    this.matchType(ANY_TYPE, facts, matched);
    return [...matched];
  }

  private matchType(type: string, facts: EventFacts, matched: Set<string>): void {
    const ofType = this.byType.get(type);
    if (!ofType) return;
    collect(ofType.unfiltered, facts, matched);
    for (const [name, byValue] of ofType.byFilter) {
      const value = facts[name];
      if (value !== null) collect(byValue.get(value) ?? NONE, facts, matched);
    }
  }

  private add(binding: Compiled): void {
    const { eventType, wanted } = binding;
    if (wanted === null) return;
    const { unfiltered, byFilter } = getOrSet(this.byType, eventType, () => ({ unfiltered: [], byFilter: new Map() }));
    const byName = new Map(wanted);
    const name = MOST_TELLING.find((telling) => byName.has(telling));
    if (!name) return void unfiltered.push(binding);
    const byValue = getOrSet(byFilter, name, () => new Map<string, Compiled[]>());
    for (const value of byName.get(name) ?? []) getOrSet(byValue, value, () => []).push(binding);
  }
}

const NONE: readonly Compiled[] = [];

function getOrSet<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function collect(bindings: readonly Compiled[], facts: EventFacts, matched: Set<string>): void {
  for (const { webhookId, wanted } of bindings) {
    // A notice about a webhook never goes to that webhook: its failure would make the next notice.
    if (webhookId === facts.entity || matched.has(webhookId)) continue;
    if (wanted && holds(wanted, facts)) matched.add(webhookId);
  }
}

/** All bindings, compiled for matching in memory. It never changes: `with` makes another one. */
export class BindingIndex {
  private readonly tenants = new Map<string, TenantBindings>();
  private readonly tenantOf = new Map<string, string>();

  constructor(bindings: Iterable<Binding>) {
    this.add(bindings, new Map());
  }

  /** The webhooks that want this event, each once. */
  match(facts: EventFacts): string[] {
    return this.tenants.get(facts.tenant)?.match(facts) ?? [];
  }

  /** This one with all bindings of some webhooks replaced; other tenants' are shared with it. */
  with(webhookIds: ReadonlySet<string>, bindings: readonly Binding[]): BindingIndex {
    const next = new BindingIndex([]);
    for (const [tenant, own] of this.tenants) next.tenants.set(tenant, own);
    for (const [webhook, tenant] of this.tenantOf) if (!webhookIds.has(webhook)) next.tenantOf.set(webhook, tenant);
    const kept = new Map<string, Compiled[]>();
    for (const id of webhookIds) {
      const tenant = this.tenantOf.get(id);
      if (tenant === undefined || kept.has(tenant)) continue;
      const all = this.tenants.get(tenant)?.all ?? [];
      kept.set(
        tenant,
        all.filter(({ webhookId }) => !webhookIds.has(webhookId)),
      );
    }
    for (const { tenantId } of bindings) {
      if (!kept.has(tenantId)) kept.set(tenantId, [...(this.tenants.get(tenantId)?.all ?? [])]);
    }
    next.add(bindings, kept);
    return next;
  }

  private add(bindings: Iterable<Binding>, byTenant: Map<string, Compiled[]>): void {
    for (const binding of bindings) {
      const own = byTenant.get(binding.tenantId) ?? [];
      byTenant.set(binding.tenantId, own);
      own.push(compile(binding));
      this.tenantOf.set(binding.webhookId, binding.tenantId);
    }
    for (const [tenant, own] of byTenant) this.tenants.set(tenant, new TenantBindings(own));
  }
}
