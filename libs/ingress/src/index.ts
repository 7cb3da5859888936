export * from './ingress-config.js';
export * from './ingress-service.js';
export * from './ingress.module.js';
export * from './raw-event-sink.js';
