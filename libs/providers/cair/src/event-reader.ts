import type { JsonObject, NormaliseOutcome, RawEvent, Reception, WantedMembers } from '@claimwire/provider-kit';

/** One CAIR event type. CAIR's bodies carry no type field: a reader knows its own by their members. */
export interface EventReader {
  /** CAIR's name for it, for example "CLAIM_STATUS_CHANGE". */
  event: string;
  /** What the next two look at. */
  head: WantedMembers;
  recognises(head: JsonObject): boolean;
  receive(head: JsonObject, body: Buffer): Reception;
  normalise(body: JsonObject, event: RawEvent): NormaliseOutcome;
}
