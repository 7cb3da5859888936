export * from './explode-report.js';
export { stedi } from './provider.js';
export { readPolledPage, type PolledPage, type PolledTransaction } from './polled-transactions.js';
export * from './report-part.js';
export { isReportKind, readTransactionEvent, REPORT_KINDS } from './transaction-event.js';
export type { ReportKind, TransactionEvent } from './transaction-event.js';
