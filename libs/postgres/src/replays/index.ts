export * from './manage-replays.js';
export * from './replay-job.js';
export * from './step-replay.js';
