import { seededRandom } from './seeded-random.js';

/** One event of one claim: `step` is its place in the order in which the claim's events happened. */
export interface Planned {
  claim: number;
  step: number;
}

export interface TrafficShape {
  events: number;
  claims: number;
  /** Share of the events that arrive after a later one of their claim. */
  outOfOrder: number;
  /** Share of the events that arrive twice. */
  duplicates: number;
  seed: number;
}

/** How far behind the event a duplicate may arrive. */
const DUPLICATE_DISTANCE = 2_000;

/**
 * Which event arrives when: claims at random, each claim's events in order but for the share that is not. The events that
 * are late change places with the next one of their claim, so that just they are late.
 */
export function planTraffic({ events, claims, outOfOrder, duplicates, seed }: TrafficShape): Planned[] {
  const random = seededRandom(seed);
  const arrivals = withLateOnes(inOrder(events, claims, random), outOfOrder, random);
  return withDuplicates(arrivals, duplicates, random);
}

/** Claims are dealt evenly, then shuffled; a claim's steps count up in the order of its appearances. */
function inOrder(events: number, claims: number, random: () => number): Planned[] {
  const dealt = Array.from({ length: events }, (_, index) => index % claims);
  for (let last = dealt.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [dealt[last], dealt[other]] = [dealt[other] as number, dealt[last] as number];
  }
  const steps = new Map<number, number>();
  return dealt.map((claim) => {
    const step = steps.get(claim) ?? 0;
    steps.set(claim, step + 1);
    return { claim, step };
  });
}

function withLateOnes(arrivals: readonly Planned[], share: number, random: () => number): Planned[] {
  const result = [...arrivals];
  const places = new Map<number, number[]>();
  for (const [place, { claim }] of arrivals.entries()) places.set(claim, [...(places.get(claim) ?? []), place]);
  const pairs = [...places.values()].flatMap((own) => own.flatMap((at, index) => pairOf(at, own[index + 1], index)));
  // Every second neighbour is a pair, and a pair makes one event late.
  const chance = Math.min((share * arrivals.length) / Math.max(pairs.length, 1), 1);
  for (const [first, second] of pairs) {
    if (random() >= chance) continue;
    [result[first], result[second]] = [result[second] as Planned, result[first] as Planned];
  }
  return result;
}

const pairOf = (first: number, second: number | undefined, index: number): [number, number][] =>
  second === undefined || index % 2 === 1 ? [] : [[first, second]];

function withDuplicates(arrivals: readonly Planned[], share: number, random: () => number): Planned[] {
  const due = new Map<number, Planned[]>();
  const result: Planned[] = [];
  for (const [place, event] of arrivals.entries()) {
    result.push(event, ...(due.get(place) ?? []));
    if (random() >= share) continue;
    const at = Math.min(place + 1 + Math.floor(random() * DUPLICATE_DISTANCE), arrivals.length - 1);
    if (at <= place) result.push(event);
    else due.set(at, [...(due.get(at) ?? []), event]);
  }
  return result;
}
