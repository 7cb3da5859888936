import { isUtf8 } from 'node:buffer';

/** Larger bodies are JSON.parse's: what is kept of a body has a size. */
export const MOST_BYTES = 16 * 1024;
export const MOST_NODES = 4_096;
const MOST_DEPTH = 64;

/** Instead of a position: these bytes are JSON.parse's to judge. */
export const ODD = -1;

/** How a text or number is spelled: as canonical JSON does; the same but for "\\/", as PHP writes each slash; another way. */
export const [CANONICAL, SLASHED, OTHERWISE] = [0, 1, 2];

export const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
export const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d];
const [SPACE, SLASH, MINUS, PLUS, DOT, ZERO, NINE] = [0x20, 0x2f, 0x2d, 0x2b, 0x2e, 0x30, 0x39];
const [LETTER_E, LETTER_F, LETTER_N, LETTER_T, LETTER_U] = [0x65, 0x66, 0x6e, 0x74, 0x75];
const LOWER_CASE = 0x20;
const LAST_SPACE = SPACE;
const HEX_DIGITS = 4;
/** A number of so many digits is the shortest text of its double. */
const EXACT_DIGITS = 15;

const bytesOf = (text: string): Uint8Array => {
  const table = new Uint8Array(256);
  for (const character of text) table[character.charCodeAt(0)] = 1;
  return table;
};
const WHITE = bytesOf(' \t\n\r');
const ESCAPED = bytesOf('"\\/bfnrt');
/** In a text, as they are. */
const PLAIN = bytesOf(String.fromCharCode(...Array(0x80).keys()).replace(/[^ !#-[\]-\x7f]/g, ''));
const HEX = bytesOf('0123456789abcdefABCDEF');

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/**
 * Where a body's values are, found in one look at its bytes and without making a thing of any: what JSON.parse made of a body
 * that nobody looks at, and its canonical form, were a fifth of the ingress' CPU time and more. It accepts only what JSON.parse accepts, and not all of that:
 * a byte order mark, names with escapes or beyond ASCII, depth, size and whatever is no JSON are JSON.parse's to judge.
 *
 * A node is a value or a member's name, in the order in which they stand; a member's value is the node after its name. One
 * scan is used again and again: nothing of it holds once another body is read.
 */
export class JsonScan {
  body: Buffer = Buffer.alloc(0);
  /** Of containers in each other, and of members and elements, as `json-limits` of the ingress counts them. */
  depth = 0;
  values = 0;
  /** By node: its first byte, and the one behind its last. */
  readonly starts = new Int32Array(MOST_NODES);
  readonly ends = new Int32Array(MOST_NODES);
  /** By node: the next one that is not in it. */
  readonly afters = new Int32Array(MOST_NODES);
  readonly spellings = new Uint8Array(MOST_NODES);
  private count = 0;

  /** @returns whether the body is a JSON object and all of it known; its first node is the object */
  read(body: Buffer): boolean {
    this.body = body;
    this.depth = this.values = this.count = 0;
    if (body.length > MOST_BYTES || !isUtf8(body)) return false;
    const from = this.space(0);
    if (body[from] !== OPEN) return false;
    const end = this.value(from, 0);
    return end !== ODD && this.space(end) === body.length;
  }

  private space(at: number): number {
    const { body } = this;
    while (at < body.length && body[at]! <= LAST_SPACE && WHITE[body[at]!] === 1) at += 1;
    return at;
  }

  private value(at: number, depth: number): number {
    const node = this.count;
    if (node === MOST_NODES) return ODD;
    this.count += 1;
    this.starts[node] = at;
    this.spellings[node] = CANONICAL;
    const end = this.endOf(at, node, depth);
    this.ends[node] = end;
    this.afters[node] = this.count;
    return end;
  }

  private endOf(at: number, node: number, depth: number): number {
    switch (this.body[at]) {
      case QUOTE:
        return this.text(at, node);
      case OPEN:
        return this.container(at, depth, CLOSE);
      case OPEN_LIST:
        return this.container(at, depth, CLOSE_LIST);
      case LETTER_N:
        return this.word(at, 'null');
      case LETTER_T:
        return this.word(at, 'true');
      case LETTER_F:
        return this.word(at, 'false');
      default:
        return this.number(at, node);
    }
  }

  private container(from: number, outer: number, close: number): number {
    const { body } = this;
    const depth = outer + 1;
    if (depth > MOST_DEPTH) return ODD;
    if (depth > this.depth) this.depth = depth;
    this.values += 1;
    let at = this.space(from + 1);
    if (body[at] === close) return at + 1;
    for (;;) {
      if (close === CLOSE) at = this.name(at);
      if (at !== ODD) at = this.value(at, depth);
      if (at === ODD) return ODD;
      at = this.space(at);
      if (body[at] === close) return at + 1;
      if (body[at] !== COMMA) return ODD;
      this.values += 1;
      at = this.space(at + 1);
    }
  }

  /** @returns where the value begins */
  private name(from: number): number {
    const { body, count } = this;
    if (body[from] !== QUOTE || count === MOST_NODES) return ODD;
    const end = this.plain(from + 1);
    if (body[end] !== QUOTE) return ODD;
    this.starts[count] = from;
    this.ends[count] = end + 1;
    this.afters[count] = this.count = count + 1;
    const colon = this.space(end + 1);
    return body[colon] === COLON ? this.space(colon + 1) : ODD;
  }

  /** @returns the first byte of a text that is more than a plain character of ASCII */
  private plain(at: number): number {
    const { body } = this;
    const { length } = body;
    while (at < length && PLAIN[body[at]!] === 1) at += 1;
    return at;
  }

  private text(from: number, node: number): number {
    const at = this.plain(from + 1);
    return this.body[at] === QUOTE ? at + 1 : this.unusualText(at, node);
  }

  private unusualText(at: number, node: number): number {
    const { body } = this;
    let spelling = CANONICAL;
    for (; at < body.length; at = this.plain(at + 1)) {
      const byte = body[at]!;
      if (byte < SPACE) return ODD;
      if (byte === QUOTE) {
        this.spellings[node] = spelling;
        return at + 1;
      }
      if (byte !== BACKSLASH) continue;
      at += 1;
      spelling = Math.max(spelling, body[at] === SLASH ? SLASHED : OTHERWISE);
      if (body[at] === LETTER_U) {
        for (const end = at + HEX_DIGITS; at < end;) if (HEX[body[++at]!] !== 1) return ODD;
      } else if (ESCAPED[body[at]!] !== 1) return ODD;
    }
    return ODD;
  }

  private word(at: number, word: string): number {
    for (let index = 0; index < word.length; index += 1)
      if (this.body[at + index] !== word.charCodeAt(index)) return ODD;
    return at + word.length;
  }

  private digits(at: number): number {
    while (isDigit(this.body[at])) at += 1;
    return at;
  }

  private number(from: number, node: number): number {
    const { body } = this;
    const first = body[from] === MINUS ? from + 1 : from;
    let at = this.digits(first);
    if (at === first || (body[first] === ZERO && at > first + 1)) return ODD;
    // "-0" is 0; below 0.1 there are zeros that do not count, and below 0.000001 an exponent.
    let isCanonical = body[from] !== MINUS || body[first] !== ZERO;
    if (body[at] === DOT) {
      const fraction = at + 1;
      at = this.digits(fraction);
      if (at === fraction) return ODD;
      isCanonical = body[at - 1] !== ZERO && (body[first] !== ZERO || body[fraction] !== ZERO);
    }
    if (at - first > EXACT_DIGITS) isCanonical = false;
    if ((body[at]! | LOWER_CASE) === LETTER_E) {
      at += body[at + 1] === PLUS || body[at + 1] === MINUS ? 2 : 1;
      const exponent = at;
      at = this.digits(exponent);
      if (at === exponent) return ODD;
      isCanonical = false;
    }
    if (!isCanonical) this.spellings[node] = OTHERWISE;
    return at;
  }
}

const scan = new JsonScan();
/** Whether the body that was read last is known. */
let isKnown = false;

/** Asked for the same body again it does not look again: bodies are never changed in place. */
export function scanJson(body: Buffer): JsonScan | null {
  if (scan.body !== body) isKnown = scan.read(body);
  return isKnown ? scan : null;
}
