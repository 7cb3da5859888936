import { pino } from 'pino';
import { isoTimeMember, type RootLogger } from './logger.js';

/**
 * Writes info lines of one kind on a hot path: level, time and bindings as the logger would, the members put into JSON by the
 * caller: here is nothing for pino's formatters and serialisers to hide or to find out.
 * @returns writes a line; `members` as `,"name":value` each
 */
export function infoLines(logger: RootLogger, message: string): (members: string) => void {
  // What a logger writes to, and its bindings in JSON, have these names only.
  const { streamSym, chindingsSym } = pino.symbols;
  const { [streamSym]: stream, [chindingsSym]: bindings } = logger as unknown as Record<symbol, unknown>;
  const destination = stream as { write(line: string): void };
  const end = `,"msg":${JSON.stringify(message)}}\n`;
  let time = '';
  let head = '';
  return (members) => {
    if (!logger.isLevelEnabled('info')) return;
    const now = isoTimeMember();
    if (now !== time) [time, head] = [now, inOnePiece(`{"level":"info"${now}${bindings as string}`)];
    destination.write(head + members + end);
  };
}

/** V8 keeps what is put together as a tree of its pieces, and each text with it in it walks them anew when it is written. */
export const inOnePiece = (text: string): string => Buffer.from(text).toString();

/** What needs no escape. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A member of a JSON object with the comma before it; nothing for what is undefined. */
export function jsonMember(name: string, text: string | undefined): string {
  if (text === undefined) return '';
  return PLAIN.test(text) ? `,"${name}":"${text}"` : `,"${name}":${JSON.stringify(text)}`;
}
