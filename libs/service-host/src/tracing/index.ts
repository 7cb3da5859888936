export * from './messaging-spans.js';
export * from './start-tracing.js';
export * from './traceparent.js';
export * from './tracing-config.js';
export * from './tracing.js';
