export * from './data-source.js';
export * from './entities/index.js';
export * from './hub-notices.js';
export * from './lane-store.js';
export * from './listen.js';
export * from './pool.js';
export * from './postgres.module.js';
export * from './run-migrations.js';
