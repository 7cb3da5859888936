import { UsageError } from '../../usage-error.js';

export interface EventInput {
  /** Id of the claim, or of whatever else the event is about. */
  claim: string;
  /** One of `--status`, as typed. */
  status: string;
  at: Date;
}

/** One event that a provider sends. */
export interface EventKind {
  /** As typed after the provider's name. */
  name: string;
  /** Key in the connection's `urls`. */
  route: string;
  /** What the event is, in a line of the help text. */
  help: string;
  /** What `--status` takes, for the help text; null where the event has none. */
  statuses: string | null;
  defaultStatus: string;
  /** What `--claim` stands for. */
  claim: string;
  newClaim: () => string;
  /** The claim's id in the API, from `--claim`; null where the event is about no claim. */
  claimId: ((claim: string) => string) | null;
  /** @throws UsageError when the claim id or status is none that the event can have */
  body: (input: EventInput) => object;
}

/** The id in the event is the id in the API. */
export const sameId = (claim: string): string => claim;

/** @throws UsageError unless it is a whole number, which is all that the provider's ids are */
export function wholeNumber(claim: string, what: string): number {
  const number = Number(claim);
  if (!/^\d+$/.test(claim) || !Number.isSafeInteger(number)) {
    throw new UsageError(`--claim ${claim}: ${what} is a whole number.`);
  }
  return number;
}
