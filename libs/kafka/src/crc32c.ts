const POLYNOMIAL = 0x82f63b78;
const VALUES = 256;
/** Bytes that one step takes, each through a table of its own. */
const STRIDE = 8;

/** Entry `256 * n + byte`: what the byte does to the sum when n more bytes of the step follow it. */
const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(STRIDE * VALUES);
  for (let value = 0; value < VALUES; value++) {
    let sum = value;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
    table[value] = sum;
  }
  for (let at = VALUES; at < table.length; at++) {
    const before = table[at - VALUES] as number;
    table[at] = (before >>> 8) ^ (table[before & 0xff] as number);
  }
  return table;
}

/** CRC-32C (Castagnoli) of the bytes from `start` to `end`, eight at a time: Node has CRC-32 only. Unsigned. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  // Plain reads of a typed array, as in C: this runs over every byte that is sent.
  const table = TABLE;
  const data = bytes;
  let sum = -1;
  let at = start;
  for (; end - at >= STRIDE; at += STRIDE) {
    const head = sum ^ (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24));
    sum =
      table[1792 + (head & 0xff)]! ^
      table[1536 + ((head >>> 8) & 0xff)]! ^
      table[1280 + ((head >>> 16) & 0xff)]! ^
      table[1024 + (head >>> 24)]! ^
      table[768 + data[at + 4]!]! ^
      table[512 + data[at + 5]!]! ^
      table[256 + data[at + 6]!]! ^
      table[data[at + 7]!]!;
  }
  for (; at < end; at++) sum = table[(sum ^ data[at]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
