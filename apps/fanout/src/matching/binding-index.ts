import { BINDING_FILTERS, type EventFacts, type FilterValues } from '@claimwire/contracts';

/** A row of `bindings`. A filter that is an array means any of its values; all filters must hold. */
export interface Binding {
  tenantId: string;
  webhookId: string;
  /** Exact type, or "*". */
  eventType: string;
  filters: Readonly<Record<string, unknown>>;
}

type Predicate = (facts: FilterValues) => boolean;
interface Compiled {
  webhookId: string;
  holds: Predicate;
}
type ByType = Map<string, Compiled[]>;

const ANY_TYPE = '*';
const never: Predicate = () => false;

function compileFilter(name: string, value: unknown): Predicate {
  const known = BINDING_FILTERS.find((filter) => filter === name);
  // A filter of a newer version that this one cannot judge: sending too little is repaired by a replay, too much is not.
  if (!known) return never;
  const wanted = new Set((Array.isArray(value) ? value : [value]).map(String));
  return (facts) => {
    const actual = facts[known];
    return actual !== null && wanted.has(actual);
  };
}

function compile({ webhookId, filters }: Binding): Compiled {
  const predicates = Object.entries(filters)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => compileFilter(name, value));
  return { webhookId, holds: (facts) => predicates.every((holds) => holds(facts)) };
}

/** All bindings, compiled for matching in memory: tenant → event type → predicates. */
export class BindingIndex {
  private readonly tenants = new Map<string, ByType>();

  constructor(bindings: Iterable<Binding>) {
    for (const binding of bindings) this.add(binding);
  }

  /** The webhooks that want this event, each once, in the order of their bindings. */
  match(facts: EventFacts): string[] {
    const types = this.tenants.get(facts.tenant);
    if (!types) return [];
    const matched = new Set<string>();
    for (const bindings of [types.get(facts.type), types.get(ANY_TYPE)]) {
      for (const { webhookId, holds } of bindings ?? []) {
        // A notice about a webhook never goes to that webhook: its failure would make the next notice.
        if (webhookId !== facts.entity && !matched.has(webhookId) && holds(facts)) matched.add(webhookId);
      }
    }
    return [...matched];
  }

  private add(binding: Binding): void {
    const types: ByType = this.tenants.get(binding.tenantId) ?? new Map<string, Compiled[]>();
    this.tenants.set(binding.tenantId, types);
    const compiled = types.get(binding.eventType) ?? [];
    types.set(binding.eventType, compiled);
    compiled.push(compile(binding));
  }
}
