export * from './explode-report.js';
export { stedi } from './provider.js';
export * from './report-part.js';
export * from './transaction-event.js';
