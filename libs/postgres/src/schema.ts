// What knows the whole schema, by TypeORM: an entry of its own, so that the apps that send a webhook on do not load it.
export * from './data-source.js';
export * from './data-source.module.js';
export * from './entities/index.js';
export * from './run-migrations.js';
