import type { JsonObject, NormaliseOutcome, RawEvent, Reception } from '@claimwire/provider-kit';

/** One CAIR event type. CAIR's bodies carry no type field: a reader knows its own by their members. */
export interface EventReader {
  /** CAIR's name for it, for example "CLAIM_STATUS_CHANGE". */
  event: string;
  recognises(body: JsonObject): boolean;
  receive(body: JsonObject): Reception;
  normalise(body: JsonObject, event: RawEvent): NormaliseOutcome;
}
