import type { ProviderName } from '@claimwire/testkit/senders';
import { CAIR_EVENTS } from './cair.js';
import { CURACEL_EVENTS } from './curacel.js';
import type { EventKind } from './event-kind.js';
import { STEDI_EVENTS } from './stedi.js';
import { TPASTREAM_EVENTS } from './tpastream.js';

/** Everything that can be sent; a provider's first event is the one that needs no name. */
export const EVENTS: Readonly<Record<ProviderName, readonly EventKind[]>> = {
  cair: CAIR_EVENTS,
  curacel: CURACEL_EVENTS,
  tpastream: TPASTREAM_EVENTS,
  stedi: STEDI_EVENTS,
};

export const PROVIDER_NAMES = Object.keys(EVENTS) as ProviderName[];

export type { EventInput, EventKind } from './event-kind.js';
