import type { Outcome } from './answer.js';

interface Counted {
  labels: { provider: string; route: string; outcome: Outcome };
  count: number;
}

/** Requests counted in plain numbers: prom-client, which makes a key of the labels each time, is told when somebody asks. */
export class RequestTally {
  private readonly byRoute = new Map<string, Map<Outcome, Counted>>();

  add(provider: string, route: string, outcome: Outcome): void {
    const counted = this.byRoute.get(route)?.get(outcome);
    if (counted) counted.count += 1;
    else this.begin(provider, route, outcome);
  }

  /** All so far. */
  *entries(): Generator<Counted> {
    for (const outcomes of this.byRoute.values()) yield* outcomes.values();
  }

  private begin(provider: string, route: string, outcome: Outcome): void {
    const outcomes = this.byRoute.get(route) ?? new Map<Outcome, Counted>();
    outcomes.set(outcome, { labels: { provider, route, outcome }, count: 1 });
    this.byRoute.set(route, outcomes);
  }
}
