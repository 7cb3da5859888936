export * from './claim-event.js';
export * from './claim-key.js';
export * from './claim-status.js';
export * from './event-ids.js';
export * from './message-headers.js';
export * from './notice.js';
export * from './topics.js';
