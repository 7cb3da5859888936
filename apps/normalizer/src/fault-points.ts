import { faultPoint } from '@claimwire/service-host';

/** Every line at which a test kills this process, in the order in which one batch passes them; crash.int.spec.ts has a case for each. */
export const FAULT_POINTS = [
  // The lane is ours, its lease perhaps not yet.
  'normalizer.after-claim',
  // What cannot be processed is on the quarantine topic, and nothing is in PostgreSQL.
  'normalizer.after-quarantine',
  'normalizer.before-commit',
  // Nothing is on Kafka.
  'normalizer.after-commit',
  // The lease was looked at.
  'normalizer.before-publish',
  // All is on Kafka, and PostgreSQL does not know.
  'normalizer.after-publish',
  // The lane is given up in good order, and PostgreSQL does not know.
  'normalizer.before-release',
] as const;

export type FaultPoint = (typeof FAULT_POINTS)[number];

/** Dies here by SIGKILL when a test armed this point. */
export const mayDieAt = (point: FaultPoint): Promise<void> => faultPoint(point);
