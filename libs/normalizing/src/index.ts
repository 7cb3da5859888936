export * from './claim-of.js';
export * from './normalise-batch.js';
export * from './normalise-message.js';
export * from './outgoing.js';
export * from './raw-message.js';
