import {
  BACKSLASH,
  CANONICAL,
  CLOSE,
  CLOSE_LIST,
  COLON,
  COMMA,
  type JsonScan,
  MOST_BYTES,
  MOST_NODES,
  OPEN,
  OPEN_LIST,
  OTHERWISE,
  SLASHED,
} from './json-scan.js';

/** An object's names as they stand in it, and in canonical order where each stands there; null where two are one. */
interface Shape {
  names: Buffer;
  order: readonly number[] | null;
}

/** Shapes that are remembered at a time, over all and of one size: more than a provider's objects have. */
const [MOST_SHAPES, MOST_ALIKE] = [1_000, 16];
/** Of all names of one: a sender chooses them, and must not choose how much memory they take. */
const MOST_NAME_BYTES = 2_000;

/** Writes a body in the form of RFC 8785 from a scan of it, as `canonicalJson` does from what JSON.parse makes of it. */
export class CanonicalBody {
  /** Nothing is longer in this form than as it came: what is, is left to `canonicalJson`. */
  private readonly bytes = Buffer.allocUnsafeSlow(MOST_BYTES);
  private at = 0;
  /** Name nodes of the objects that are being written, those of inner ones behind those of outer ones. */
  private readonly names = new Int32Array(MOST_NODES);
  private nameCount = 0;
  /** By how many names there are. A provider's objects of a kind have the same names in the same order. */
  private readonly known = new Map<number, Shape[]>();
  private knownCount = 0;

  /** @returns bytes that hold until the next call; null for what is left to `canonicalJson` */
  write(scan: JsonScan): Buffer | null {
    this.at = this.nameCount = 0;
    return this.value(scan, 0) ? this.bytes.subarray(0, this.at) : null;
  }

  private value(scan: JsonScan, node: number): boolean {
    const { body, starts, ends, spellings } = scan;
    const first = body[starts[node]!];
    if (first === OPEN) return this.members(scan, node);
    if (first === OPEN_LIST) return this.elements(scan, node);
    if (spellings[node] === OTHERWISE) return this.respelled(body.toString('utf8', starts[node], ends[node]));
    if (spellings[node] === SLASHED) this.copyUnslashed(body, starts[node]!, ends[node]!);
    else this.copy(body, starts[node]!, ends[node]!);
    return true;
  }

  private members(scan: JsonScan, node: number): boolean {
    const { names } = this;
    const { body, starts, ends } = scan;
    const base = this.nameCount;
    const after = scan.afters[node]!;
    for (let name = node + 1; name < after; name = scan.afters[name + 1]!) names[this.nameCount++] = name;
    const { order } = this.shapeOf(scan, base);
    if (!order) return false;
    this.bytes[this.at++] = OPEN;
    for (let index = 0; index < order.length; index += 1) {
      if (index > 0) this.bytes[this.at++] = COMMA;
      const name = names[base + order[index]!]!;
      const value = name + 1;
      if (isCanonical(scan, value) && ends[name]! + 1 === starts[value]) {
        this.copy(body, starts[name]!, ends[value]!);
        continue;
      }
      this.copy(body, starts[name]!, ends[name]!);
      this.bytes[this.at++] = COLON;
      if (!this.value(scan, value)) return false;
    }
    this.bytes[this.at++] = CLOSE;
    this.nameCount = base;
    return true;
  }

  private elements(scan: JsonScan, node: number): boolean {
    const after = scan.afters[node]!;
    this.bytes[this.at++] = OPEN_LIST;
    for (let element = node + 1; element < after; element = scan.afters[element]!) {
      if (element > node + 1) this.bytes[this.at++] = COMMA;
      if (!this.value(scan, element)) return false;
    }
    this.bytes[this.at++] = CLOSE_LIST;
    return true;
  }

  /** Most are short: a call into Node would cost more than the loop. */
  private copy(body: Buffer, from: number, end: number): void {
    const { bytes } = this;
    let { at } = this;
    while (from < end) bytes[at++] = body[from++]!;
    this.at = at;
  }

  private copyUnslashed(body: Buffer, from: number, end: number): void {
    for (; from < end; from += 1) if (body[from] !== BACKSLASH) this.bytes[this.at++] = body[from]!;
  }

  /** A text with escapes or a number, as ECMAScript spells it. */
  private respelled(text: string): boolean {
    const value = JSON.parse(text) as string | number;
    const canonical = JSON.stringify(value);
    // Neither lone surrogates nor infinite numbers have a canonical form.
    const isSound = typeof value === 'string' ? value.isWellFormed() : Number.isFinite(value);
    if (!isSound || canonical.length > text.length) return false;
    this.at += this.bytes.write(canonical, this.at);
    return true;
  }

  private shapeOf(scan: JsonScan, base: number): Shape {
    const count = this.nameCount - base;
    const alike = this.known.get(count);
    if (alike) for (const shape of alike) if (this.hasNames(shape, scan, base)) return shape;
    const shape = this.makeShape(scan, base);
    if (shape.names.length <= MOST_NAME_BYTES) this.remember(count, shape, alike);
    return shape;
  }

  /** Quotes are between them, so that they are the same where all bytes are. */
  private hasNames({ names: shape }: Shape, { body, starts, ends }: JsonScan, base: number): boolean {
    const { names, nameCount } = this;
    let known = 0;
    for (let at = base; at < nameCount; at += 1) {
      const end = ends[names[at]!]!;
      for (let from = starts[names[at]!]!; from < end; from += 1) if (shape[known++] !== body[from]) return false;
    }
    return true;
  }

  private makeShape({ body, starts, ends }: JsonScan, base: number): Shape {
    const names = [...this.names.subarray(base, this.nameCount)];
    const texts = names.map((name) => body.toString('latin1', starts[name]! + 1, ends[name]! - 1));
    const order = texts.map((_, at) => at).sort((one, other) => (texts[one]! < texts[other]! ? -1 : 1));
    const isTwice = new Set(texts).size < texts.length;
    const quoted = texts.map((text) => `"${text}"`).join('');
    return { names: Buffer.from(quoted, 'latin1'), order: isTwice ? null : order };
  }

  private remember(key: number, shape: Shape, alike: Shape[] | undefined): void {
    if (this.knownCount >= MOST_SHAPES) {
      this.known.clear();
      this.knownCount = 0;
    }
    if (alike && alike.length < MOST_ALIKE) alike.push(shape);
    else this.known.set(key, [shape]);
    this.knownCount += 1;
  }
}

/** Of a text, a number or a word. */
const isCanonical = ({ body, starts, spellings }: JsonScan, node: number): boolean =>
  spellings[node] === CANONICAL && body[starts[node]!] !== OPEN && body[starts[node]!] !== OPEN_LIST;
