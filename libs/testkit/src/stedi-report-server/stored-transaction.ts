export interface StoredTransaction {
  kind: '277' | '835';
  /** What the report endpoint answers. */
  report: object;
  /** What `GET /transactions/{id}` answers beside the id; every member has a default. */
  transaction?: Partial<TransactionRecord>;
}

export interface TransactionRecord {
  direction: string;
  mode: string;
  status: string;
  processedAt: string;
  partnershipId: string;
}
