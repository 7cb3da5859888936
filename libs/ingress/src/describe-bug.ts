import { stackFrames } from '@claimwire/service-host';

/** What a bug may say of itself in a log: its kind and where it happened. */
export interface Bug {
  type: string;
  /** Without the message, in which Node quotes what could not be parsed or read: that is the sender's body. */
  stack: string;
}

export function describeBug(error: unknown): Bug {
  if (!(error instanceof Error)) return { type: typeof error, stack: '' };
  return { type: error.constructor.name, stack: stackFrames(error) };
}
