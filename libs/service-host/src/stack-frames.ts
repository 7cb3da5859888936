/** Where an error happened, without its message: the message may have lines that look like frames; frames come after it. */
export function stackFrames({ stack = '', message }: Error): string {
  const from = stack.indexOf(message);
  return from === -1 ? '' : stack.slice(from + message.length).trim();
}
