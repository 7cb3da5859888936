import { isUtf8 } from 'node:buffer';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** No provider nests deeper than about twelve levels; some thousands overflow the stack of whoever serialises them. */
const MAX_DEPTH = 500;
const [OPEN, CLOSE] = [0x7b, 0x7d];
/** Makes an object's bracket of a list's. */
const EITHER = 0x20;

/** Brackets inside text count too: it would take hundreds of unbalanced ones to be wrong. A plain loop: every body runs it. */
function isTooDeep(body: Buffer): boolean {
  if (body.length <= MAX_DEPTH * 2) return false;
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]! | EITHER;
    if (byte === CLOSE) depth -= 1;
    else if (byte === OPEN && ++depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Body that was parsed last, and what it was. */
let last: { body: Buffer; value: JsonObject | null } | null = null;

/**
 * The body as a JSON object, or null: bytes that are not UTF-8, not JSON, or another kind of JSON value. Asked for the same
 * buffer again it parses no second time: neither a body nor what it says is ever changed in place.
 */
export function parseJsonObject(body: Buffer): JsonObject | null {
  if (last?.body === body) return last.value;
  const value = parse(body);
  last = { body, value };
  return value;
}

function parse(body: Buffer): JsonObject | null {
  // Decoding would replace bad bytes, so that two different bodies looked like one fact.
  if (!isUtf8(body) || isTooDeep(body)) return null;
  try {
    const text = body.toString('utf8');
    const value: unknown = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** An object's member, or an empty object: lets a reader walk down without asking at each step. */
export function readObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Items of an array; a lone object where an array is expected counts as one item; anything else is none. */
export function readList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? [value] : [];
}

const MAX_TEXT_LENGTH = 500;
/** PostgreSQL's jsonb refuses NUL and lone surrogates: one of them in a fact would poison its batch. */

const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/g;

/** What is fit as it is, which nearly every code is: to find that out costs less than to change nothing four times. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

/** Non-empty text that any store can hold: well-formed, without control characters, cut at 500 characters. */
export function readText(value: unknown, maxLength = MAX_TEXT_LENGTH): string | null {
  if (typeof value !== 'string') return null;
  if (value.length <= maxLength && PLAIN.test(value)) return value;
  const text = value.slice(0, maxLength).toWellFormed().replace(CONTROL_CHARACTERS, ' ').trim();
  return text === '' ? null : text;
}

const MAX_CODE_LENGTH = 64;

/** A short code or status word as sent, as string or number; null where there is none. */
export function readCode(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return readText(value, MAX_CODE_LENGTH);
}
