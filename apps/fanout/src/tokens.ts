/** Injection tokens of what has no class of ours. */
export const KAFKA_HANDLE = Symbol('KAFKA_HANDLE');
export const DISPATCHER = Symbol('DISPATCHER');
