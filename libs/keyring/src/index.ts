export * from './errors.js';
export * from './keyring.js';
