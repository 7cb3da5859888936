export * from './cair-events.js';
export * from './curacel-events.js';
export * from './php-json.js';
export * from './rsa-key-pair.js';
export * from './signed-request.js';
export * from './stedi-events.js';
export * from './stedi-sample-transaction.js';
export * from './tpastream-events.js';
