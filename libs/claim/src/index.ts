export * from './claim-fact.js';
