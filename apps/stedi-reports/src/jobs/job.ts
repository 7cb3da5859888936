import type { MessageHeaders } from '@claimwire/contracts';
import type { TransactionFacts } from '../transaction-facts.js';

/** Where the message that announced a transaction stands. */
export interface SourcePosition {
  /** Without the deployment's prefix. */
  topic: string;
  partition: number;
  offset: string;
}

/** One transaction whose report is to be fetched. */
export interface NewJob {
  /** "backfill": polling found it, no webhook announced it. */
  origin: 'webhook' | 'backfill';
  headers: MessageHeaders;
  event: TransactionFacts;
  /** The message as it came, for quarantine. */
  message: { key: string | null; value: Buffer };
  source: SourcePosition | null;
}

/** A job that this process may work on until its lease ends. */
export interface Job {
  origin: NewJob['origin'];
  headers: MessageHeaders;
  event: TransactionFacts;
  source: SourcePosition | null;
  sealedMessage: Buffer;
  /** Which try this is, from 1; the outcome counts only while it is the newest. */
  attempts: number;
  /** Milliseconds from the start of the first try to the start of this one. */
  ageMs: number;
}

/** Final states; "waiting" comes before them. */
export type SettledState = 'done' | 'skipped' | 'quarantined';
