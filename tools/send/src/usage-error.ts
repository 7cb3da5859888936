/** What was typed makes no sense, or says too little; the message says what to do. Exit code 2. */
export class UsageError extends Error {}
