export * from './address-refused.error.js';
export * from './address-policy.js';
export * from './connection-times.js';
export * from './egress-dispatcher.js';
export * from './host-resolver.js';
