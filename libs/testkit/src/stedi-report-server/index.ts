export * from './acknowledgment-report.js';
export * from './remittance-report.js';
export * from './sample-report.js';
export * from './stedi-report-server.js';
export * from './stored-transaction.js';
