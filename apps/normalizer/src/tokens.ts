/** Injection tokens of what has no class of ours. */
export const KAFKA_HANDLE = Symbol('KAFKA_HANDLE');
