import type { ReplayKind } from '../entities/replay.entity.js';

/** Filters as bindings have them: a text, or an array of which any may hold. */
export type ReplayFilters = Record<string, unknown>;

/** By `receivedAt`, ISO times; the end is not part of the window. */
export interface WindowSelection {
  since: string;
  until: string;
  filters?: ReplayFilters;
}

/** Of the error queue; all that is stated must hold. */
export interface FailedSelection {
  /** Row ids of deliveries. */
  ids?: string[];
  eventType?: string;
  eventId?: string;
  claimKey?: string;
  /** As in the queue's `lastError`, for example "timeout" or "http_500". */
  error?: string;
  /** By the time at which they went to the queue, ISO times. */
  since?: string;
  until?: string;
}

export type ReplaySelection =
  | { kind: 'window'; selection: WindowSelection }
  | { kind: 'claim'; selection: { claimKey: string } }
  | { kind: 'event'; selection: { eventId: string } }
  | { kind: 'error_queue'; selection: FailedSelection };

/** A row of `replays` as a step needs it. */
export interface ReplayJob {
  id: string;
  tenant: string;
  webhookId: string;
  kind: ReplayKind;
  selection: Record<string, unknown>;
  ratePerSecond: number;
  cursor: unknown[] | null;
  createdAt: Date;
  /** Its deliveries that are not settled. */
  pending: number;
}

/** NOTIFY channel: "" = there may be a step to make; a replay's id = it was cancelled. */
export const REPLAYS_CHANNEL = 'replays';
