export * from './explode-report.js';
export * from './report-part.js';
export * from './transaction-event.js';
