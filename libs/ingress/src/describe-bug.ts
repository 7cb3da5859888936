/** What a bug may say of itself in a log: its kind and where it happened. */
export interface Bug {
  type: string;
  /** Without the message, in which Node quotes what could not be parsed or read: that is the sender's body. */
  stack: string;
}

export function describeBug(error: unknown): Bug {
  if (!(error instanceof Error)) return { type: typeof error, stack: '' };
  // The message may have lines that look like frames; frames come after it, whatever it says.
  const stack = error.stack ?? '';
  const from = stack.indexOf(error.message);
  const frames = from === -1 ? '' : stack.slice(from + error.message.length);
  return { type: error.constructor.name, stack: frames.trim() };
}
