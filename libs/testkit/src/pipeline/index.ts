export * from './app-process.js';
export * from './collect-topic.js';
export * from './raw-cair.js';
export * from './pipeline.js';
