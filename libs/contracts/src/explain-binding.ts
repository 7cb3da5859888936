import { BINDING_FILTERS, type EventFacts } from './event-facts.js';

/** What of a binding an event must fit. A filter that is an array means any of its values; all filters must hold. */
export interface BindingRule {
  /** Exact type, or "*". */
  eventType: string;
  filters: Readonly<Record<string, unknown>>;
}

/** A condition of a binding that an event does not meet. */
export interface Unmet {
  /** "eventType", "entity" (a notice about the webhook itself), or a filter's name. */
  condition: string;
  wanted: string[];
  actual: string | null;
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

function unmetFilter(name: string, value: unknown, facts: EventFacts): Unmet[] {
  const known = BINDING_FILTERS.find((filter) => filter === name);
  const actual = known ? facts[known] : null;
  const wanted = list(value);
  // A filter of a newer version, which this one cannot judge, holds for nothing: too little sent can be replayed.
  return actual !== null && wanted.includes(actual) ? [] : [{ condition: name, wanted, actual }];
}

/** Why an event does not go to a webhook by this binding; nothing = it does. Fan-out's index gives the same answer. */
export function explainBinding({ eventType, filters }: BindingRule, facts: EventFacts, webhookId: string): Unmet[] {
  const type = eventType === '*' || eventType === facts.type;
  return [
    ...(type ? [] : [{ condition: 'eventType', wanted: [eventType], actual: facts.type }]),
    // A notice about a webhook never goes to that webhook: its failure would make the next notice.
    ...(facts.entity === webhookId
      ? [{ condition: 'entity', wanted: [`not ${webhookId}`], actual: facts.entity }]
      : []),
    ...Object.entries(filters)
      .filter(([, value]) => value !== null && value !== undefined)
      .flatMap(([name, value]) => unmetFilter(name, value, facts)),
  ];
}
