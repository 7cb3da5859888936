import { parseJsonObject, type JsonObject } from './json.js';
import { CANONICAL, type JsonScan, OPEN, QUOTE, scanJson } from './json-scan.js';

/** Names of members: `true` for all that a member is, names again for some members of an object. */
export interface WantedMembers {
  readonly [name: string]: true | WantedMembers;
}

/** By how many bytes a name has in a body, quotes and all. */
type WantedByLength = readonly (readonly Wanted[] | undefined)[];

interface Wanted {
  name: string;
  /** As it stands in a body, between quotes. */
  bytes: Buffer;
  inner: WantedByLength | null;
}

function wantedOf(members: WantedMembers): WantedByLength {
  const byLength: Wanted[][] = [];
  for (const [name, inner] of Object.entries(members)) {
    const bytes = Buffer.from(JSON.stringify(name));
    (byLength[bytes.length] ??= []).push({ name, bytes, inner: inner === true ? null : wantedOf(inner) });
  }
  return byLength;
}

/**
 * A parser of bodies of which only some members are wanted: nothing is made of the others.
 * @returns what `parseJsonObject` gives, where the members that are not wanted may be missing
 */
export function headParser(members: WantedMembers): (body: Buffer) => JsonObject | null {
  const wanted = wantedOf(members);
  return (body) => {
    const scan = scanJson(body);
    return scan ? pick(scan, 0, wanted) : parseJsonObject(body);
  };
}

function pick(scan: JsonScan, node: number, wanted: WantedByLength): JsonObject {
  const picked: Record<string, unknown> = {};
  const { starts, ends, afters } = scan;
  for (let name = node + 1; name < afters[node]!; name = afters[name + 1]!) {
    const candidates = wanted[ends[name]! - starts[name]!];
    if (candidates === undefined) continue;
    for (const { bytes, name: text, inner } of candidates) {
      // Of two members with one name the last counts, as for JSON.parse.
      if (isAt(scan.body, starts[name]!, bytes)) picked[text] = valueOf(scan, name + 1, inner);
    }
  }
  return picked;
}

function isAt(body: Buffer, from: number, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (body[from + at] !== bytes[at]) return false;
  return true;
}

function valueOf(scan: JsonScan, node: number, inner: WantedByLength | null): unknown {
  const { body, starts, ends, spellings } = scan;
  const [start, end] = [starts[node]!, ends[node]!];
  if (inner && body[start] === OPEN) return pick(scan, node, inner);
  const isPlain = body[start] === QUOTE && spellings[node] === CANONICAL;
  return isPlain ? body.toString('utf8', start + 1, end - 1) : JSON.parse(body.toString('utf8', start, end));
}
