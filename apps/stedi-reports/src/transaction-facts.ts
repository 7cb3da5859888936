import type { TransactionEvent } from '@claimwire/provider-stedi';

/** What is known of a transaction before its report is there. */
export type TransactionFacts = Extract<TransactionEvent, { kind: 'transaction' }>;
